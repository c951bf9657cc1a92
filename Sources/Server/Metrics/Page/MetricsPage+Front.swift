import Foundation
import Knowledge

extension MetricsPage {
    func writeFront(to page: inout Exposition) {
        let figures = parts.front.figures
        page.gauge("thermocline_connections", "Connections of clients.", Double(figures.openConnections))
        page.gauge(
            "thermocline_connections_capacity", "The most connections that are taken.", Double(figures.capacity))
        page.counter(
            "thermocline_connections_refused", "Connections refused because there were too many.",
            figures.refusedConnections.value)
        page.counter(
            "thermocline_connection_timeouts", "Connections and requests ended because of a slow client, by phase.",
            FrontFigures.SlowPhase.allCases.map { ([("phase", $0.rawValue)], figures.timeouts($0)) })
        page.counter(
            "thermocline_requests_refused", "Requests that could not be read, by status.",
            figures.refusedByStatus.map { ([("status", String($0.status))], $0.count) })
        guard let certificate = parts.front.certificate?.status else { return }
        page.gauge(
            "thermocline_tls_certificate_expiry_seconds", "When the certificate expires, in seconds since 1970.",
            certificate.expiresAt.timeIntervalSince1970)
        page.counter(
            "thermocline_tls_certificate_reads", "New certificates found in the files, by what became of them.",
            [([("result", "taken")], certificate.reloads), ([("result", "refused")], certificate.refusals)])
        page.gauge(
            "thermocline_tls_certificate_refused", "Whether the files as they are now cannot be used.",
            certificate.problem == nil ? 0 : 1)
    }
}
