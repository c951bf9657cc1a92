import GRDB
import Knowledge

extension AccessStore {
    /// Months of a tenant that are kept, to be looked at.
    private static let monthsKept = 12

    /// Where quotas are counted: a row for each tenant and month.
    public var quotaBook: MonthlyQuota.Book {
        MonthlyQuota.Book(
            reserve: { tenant, month, wanted, limit in
                try await self.reserve(wanted, below: limit, of: tenant, in: month)
            },
            giveBack: { tenant, month, count in try await self.giveBack(count, of: tenant, in: month) })
    }

    private func reserve(
        _ wanted: Int, below limit: Int, of tenant: Tenant, in month: CalendarMonth
    ) async throws(AccessError) -> Int {
        try await write { db in
            let used =
                try Int.fetchOne(
                    db, sql: "SELECT used FROM quota_use WHERE tenant = ? AND month = ?",
                    arguments: [tenant.name, month.number]) ?? 0
            let granted = max(0, min(wanted, limit - used))
            try db.execute(
                sql: """
                    INSERT INTO quota_use (tenant, month, used) VALUES (?, ?, ?)
                    ON CONFLICT (tenant, month) DO UPDATE SET used = excluded.used
                    """,
                arguments: [tenant.name, month.number, used + granted])
            try db.execute(
                sql: "DELETE FROM quota_use WHERE tenant = ? AND month <= ?",
                arguments: [tenant.name, month.number - Self.monthsKept])
            return granted
        }
    }

    private func giveBack(_ count: Int, of tenant: Tenant, in month: CalendarMonth) async throws(AccessError) {
        try await write { db in
            try db.execute(
                sql: "UPDATE quota_use SET used = max(0, used - ?) WHERE tenant = ? AND month = ?",
                arguments: [count, tenant.name, month.number])
        }
    }
}
