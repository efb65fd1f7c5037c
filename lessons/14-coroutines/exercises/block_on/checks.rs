//! How often a future is polled, and that no wake is lost.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::{Pid, gettid};
use support::check::{LIMIT, Log, check, give_up};
use support::waiting::asleep;

use super::exercise::*;

/// More polls than any future here needs.
const MOST: usize = 10_000;

/// How long nothing is to happen.
const QUIET: Duration = Duration::from_millis(100);

/// A future that is pending until it is due, as several threads see it.
#[derive(Clone, Default)]
struct Pending {
    polls: Arc<AtomicUsize>,
    due: Arc<AtomicBool>,
}

impl Pending {
    /// The future. With each poll it sends its waker.
    async fn wait(self, wakers: Sender<Waker>) {
        poll_fn(|context| {
            self.polled();
            if self.due.load(Ordering::SeqCst) {
                return Poll::Ready(());
            }
            // Nobody listens any more? Then somebody has woken it.
            let _ = wakers.send(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// One more poll: the how-manieth it is.
    fn polled(&self) -> usize {
        let polls = self.polls.fetch_add(1, Ordering::SeqCst) + 1;
        if polls > MOST {
            give_up(format!("more than {MOST} polls, and no end"));
        }
        polls
    }

    fn polls(&self) -> usize {
        self.polls.load(Ordering::SeqCst)
    }

    /// Waits until that thread sleeps, or has polled once more.
    fn settle(&self, thread: Pid) {
        let (begun, before) = (Instant::now(), self.polls());
        while self.polls() == before
            && !asleep(thread)
            && begun.elapsed() < LIMIT
        {
            thread::yield_now();
        }
    }

    /// The same, and for a while that it doesn't poll again.
    fn stays(&self, thread: Pid) {
        self.settle(thread);
        let (begun, before) = (Instant::now(), self.polls());
        while self.polls() == before && begun.elapsed() < QUIET {
            self.settle(thread);
        }
    }

    /// Is due from now on.
    fn wake(&self, waker: Waker) {
        self.due.store(true, Ordering::SeqCst);
        waker.wake();
    }
}

/// Another thread, which does this with the first waker that it is sent.
fn other(log: &Log, act: impl FnOnce(Waker) + Send + 'static) -> Sender<Waker> {
    let (send, wakers) = mpsc::channel();
    drop(log.aside(move || wakers.recv().map(act)));
    send
}

#[test]
fn what_comes_of_the_future_is_given_back() {
    check("14", "async and await")
        .because(
            "Nobody has your waker before the first poll: that one comes \
             without a wake. A future that is ready at once needs no other.",
        )
        .expect("tea".to_string(), || {
            block_on(async { ["t", "e", "a"].concat() })
        });
}

#[test]
fn who_was_woken_is_polled_again() {
    check("14", "async and await")
        .given("given", "a future that is pending at first")
        .given("then", "another thread wakes it")
        .because(
            "Pending means: not yet. The waker tells when to ask again; until \
             then the thread sleeps, and `wake` has to end its sleep.",
        )
        .run(|log| {
            let (me, future) = (gettid(), Pending::default());
            let seen = future.clone();
            let wakers = other(log, move |waker| {
                seen.settle(me);
                seen.wake(waker);
            });
            log.expect((), block_on(future.wait(wakers)))
        });
}

#[test]
fn a_wake_out_of_the_poll_counts() {
    check("14", "async and await")
        .given("given", "a future that is pending three times")
        .given("then", "each time it wakes itself, before it says so")
        .because(
            "The wake has come when Pending comes back. Take your flag back \
             before a poll and not after it, or this wake is lost.",
        )
        .run(|log| {
            let future = Pending::default();
            block_on(poll_fn(|context| {
                if future.polled() > 3 {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            }));
            log.note("asked", "polls", "");
            log.expect(4, future.polls())
        });
}

#[test]
fn who_was_not_woken_is_not_polled() {
    check("14", "async and await")
        .given("given", "a future that is pending at first")
        .given("then", "another thread lets it wait, and wakes it")
        .because(
            "Whoever asks again and again keeps a processor busy for an \
             answer that is still no. Somebody will call `wake`: sleep.",
        )
        .run(|log| {
            let (me, future) = (gettid(), Pending::default());
            let seen = future.clone();
            let wakers = other(log, move |waker| {
                seen.stays(me);
                seen.wake(waker);
            });
            block_on(future.clone().wait(wakers));
            log.note("asked", "polls", "");
            log.expect(2, future.polls())
        });
}

#[test]
fn to_be_unparked_is_not_to_be_woken() {
    check("14", "async and await")
        .given("given", "a future that is pending at first")
        .given("then", "somebody unparks its thread, for a reason of his own")
        .given("then", "another thread wakes the future")
        .because(
            "`park` returns for reasons that are none of yours. That the \
             thread is awake doesn't say that the future was woken: let \
             `wake` set a flag, then unpark, and look at the flag.",
        )
        .run(|log| {
            let (me, future) = (gettid(), Pending::default());
            let seen = future.clone();
            let wakers = other(log, move |waker| {
                seen.stays(me);
                seen.wake(waker);
            });
            thread::current().unpark();
            block_on(future.clone().wait(wakers));
            log.note("asked", "polls", "");
            log.expect(2, future.polls())
        });
}

#[test]
fn who_takes_the_token_takes_no_wake() {
    check("14", "async and await")
        .given("given", "a future that is pending at first")
        .given("then", "another thread wakes it during the poll")
        .given("then", "the poll parks for a moment, as std's channels do")
        .because(
            "A thread has one token for all. The wake had left it, and code \
             that your executor doesn't know has used it up. The flag is \
             yours alone: look at it before you park.",
        )
        .run(|log| {
            let future = Pending::default();
            block_on(poll_fn(|context| {
                if future.polled() > 1 {
                    return Poll::Ready(());
                }
                let waker = context.waker().clone();
                let woken = thread::spawn(move || waker.wake()).join();
                thread::park_timeout(Duration::ZERO);
                woken.map_or(Poll::Ready(()), |()| Poll::Pending)
            }));
            log.note("asked", "polls", "");
            log.expect(2, future.polls())
        });
}

#[test]
fn several_wakes_are_one_poll() {
    check("14", "async and await")
        .given("given", "a future that wakes itself three times in one poll")
        .given("then", "and is woken once by another thread, later")
        .because(
            "A wake says that there is something to do, and not how much. \
             One poll finds all of it.",
        )
        .run(|log| {
            let (me, future) = (gettid(), Pending::default());
            let seen = future.clone();
            let wakers = other(log, move |waker| {
                seen.stays(me);
                seen.wake(waker);
            });
            let mut rest = Box::pin(future.clone().wait(wakers));
            let mut first = true;
            block_on(poll_fn(|context| {
                if !first {
                    return rest.as_mut().poll(context);
                }
                first = false;
                future.polled();
                (0..3).for_each(|_| context.waker().wake_by_ref());
                Poll::Pending
            }));
            log.note("asked", "polls", "");
            log.expect(3, future.polls())
        });
}

#[test]
fn one_inside_another_takes_no_wake_from_it() {
    check("14", "async and await")
        .given("given", "a future that is woken during its poll")
        .given("then", "the same poll runs another one by `block_on`")
        .because(
            "There may be several executors at a time, even in one thread. \
             Each has a flag of its own.",
        )
        .run(|log| {
            let (outer, inner) = (Pending::default(), Pending::default());
            block_on(poll_fn(|context| {
                if outer.polled() > 1 {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                block_on(poll_fn(|context| {
                    if inner.polled() > 3 {
                        return Poll::Ready(());
                    }
                    context.waker().wake_by_ref();
                    Poll::Pending
                }));
                Poll::Pending
            }));
            log.note("asked", "polls of the outer and of the inner one", "");
            log.expect((2, 4), (outer.polls(), inner.polls()))
        });
}

#[test]
fn a_waker_may_outlive_its_future() {
    check("14", "async and await")
        .given("given", "a future that has ended, and a waker that was kept")
        .given("then", "another thread wakes by it")
        .because(
            "Wakers are kept by timers, queues and other threads, and nobody \
             tells them of the end. A wake that comes too late is nothing.",
        )
        .run(|log| {
            let kept = block_on(poll_fn(|context| {
                Poll::Ready(context.waker().clone())
            }));
            log.expect(Ok(()), log.aside(move || kept.wake()).recv())
        });
}

/// A future that is ready at once, and tells of its end.
struct Held(Arc<AtomicBool>);

impl Future for Held {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn what_has_ended_is_dropped() {
    check("14", "async and await")
        .given("asked", "whether the future was dropped")
        .because(
            "What a future holds (a connection, a lock) is free when it has \
             ended. `pin!` keeps it on your stack; who leaks a Box to pin it \
             keeps it for ever.",
        )
        .expect(true, || {
            let dropped = Arc::new(AtomicBool::new(false));
            block_on(Held(dropped.clone()));
            dropped.load(Ordering::SeqCst)
        });
}

#[test]
fn of_a_thousand_wakes_none_is_lost() {
    check("14", "async and await")
        .given("given", "a thread that wakes at once whom it hears of")
        .given("asked", "polls, for a thousand waits")
        .because(
            "Some of these wakes come before the sleep, some during it, and \
             some in between. After each there is one poll.",
        )
        .expect(1001, || {
            let (send, wakers) = mpsc::channel::<Waker>();
            let (tell, woken) = mpsc::channel();
            thread::spawn(move || {
                for waker in wakers {
                    waker.wake();
                    let _ = tell.send(());
                }
            });
            let future = Pending::default();
            block_on(poll_fn(|context| {
                let polls = future.polled();
                if polls > 1000 {
                    return Poll::Ready(());
                }
                let _ = send.send(context.waker().clone());
                if polls % 2 == 0 {
                    // The last wake and this one: it comes before the poll
                    // is over. The others come when they come.
                    let _ = (woken.recv(), woken.recv());
                }
                Poll::Pending
            }));
            future.polls()
        });
}
