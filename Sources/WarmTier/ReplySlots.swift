package import NIOCore

/// The replies still owed by Redis, in the order they will come.
///
/// Redis answers in the order of the commands, so the next reply belongs to the oldest slot and to no other.
/// A slot whose deadline has passed loses its waiter but keeps its place until its reply has come and been
/// dropped: that is what keeps a late reply from being given to the next command.
package struct ReplySlots<Waiter> {
    package struct Slot {
        /// `nil` once timed out, or when nobody wants the reply.
        package fileprivate(set) var waiter: Waiter?
        package let sentAt: NIODeadline
        package let deadline: NIODeadline
        /// Bytes that were sent for it, given back when the slot ends.
        package let byteCount: Int
    }

    private var slots: CircularBuffer<Slot>

    package init() {
        slots = CircularBuffer(initialCapacity: 64)
    }

    package var count: Int { slots.count }
    /// When the reply that is owed the longest was asked for.
    package var oldestSentAt: NIODeadline? { slots.first?.sentAt }
    /// The earliest deadline of those who still wait. O(count).
    package var nextDeadline: NIODeadline? { slots.lazy.filter { $0.waiter != nil }.map(\.deadline).min() }

    package mutating func append(_ waiter: Waiter?, sentAt: NIODeadline, deadline: NIODeadline, byteCount: Int) {
        slots.append(Slot(waiter: waiter, sentAt: sentAt, deadline: deadline, byteCount: byteCount))
    }

    /// The slot that the next reply belongs to; `nil` when no reply is owed.
    package mutating func popFirst() -> Slot? { slots.popFirst() }

    /// Takes the waiters whose deadline is not after `now`, oldest first; their slots stay. O(count).
    ///
    /// - Returns: the slots as they were, each with its waiter.
    package mutating func takeExpired(at now: NIODeadline) -> [Slot] {
        var expired: [Slot] = []
        for index in slots.indices where slots[index].deadline <= now && slots[index].waiter != nil {
            expired.append(slots[index])
            slots[index].waiter = nil
        }
        return expired
    }

    /// Ends all slots: no reply will come any more.
    package mutating func removeAll() -> [Slot] {
        defer { slots.removeAll(keepingCapacity: true) }
        return Array(slots)
    }
}
