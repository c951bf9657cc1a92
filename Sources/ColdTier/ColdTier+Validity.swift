public import Knowledge
import Synchronization

extension ColdTier {
    /// Whether an answer that was right at change `since` is what a search would find now.
    ///
    /// From memory, on the calling thread: 10 to 100 ns for each change of the last 10,000, holding no lock meanwhile. The
    /// answer is `valid` through the last committed change, which may not be published yet.
    public func validity(of footprint: Footprint, tenant: Tenant, since: ChangeNumber) -> Validity {
        ValidityCheck.validity(
            of: footprint, tenant: tenant, since: since.rawValue, in: recentChanges.withLock { $0 }, kernels: .best)
    }
}
