import Access

extension MetricsPage {
    func writeAccess(to page: inout Exposition) {
        let access = parts.access
        page.gauge("thermocline_access_keys", "Keys that let someone in.", Double(access.store.keys.count))
        page.counter(
            "thermocline_authentication_failures", "Keys and tokens that were refused, by how.",
            [
                ([("outcome", "refused")], access.attempts.failureCount),
                ([("outcome", "refused_unread")], access.attempts.limitedCount),
            ])
        page.counter(
            "thermocline_audit_lines", "Lines of the audit log, by result.",
            [
                ([("result", "written")], access.audit.writtenCount),
                ([("result", "failed")], access.audit.refusedCount),
            ])
    }
}
