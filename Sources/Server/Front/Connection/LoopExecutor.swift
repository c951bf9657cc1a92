package import NIOCore

/// Runs a connection's task on the event loop of its connection, so that no other thread is woken on a request's way in or
/// on its way out: two wake-ups less, which for a kept answer is half of its time.
///
/// Whatever takes long between two waits holds up the loop's other connections. So only handlers that are registered for
/// it stay here (`HandlerPlace`).
package final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
