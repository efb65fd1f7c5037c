//! Who waits, who is woken, and where each value ends up.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use lesson_coroutines::executor;
use support::check::{Broken, Log, check, give_up};

use super::exercise::*;

/// Counts how often it wakes.
#[derive(Default)]
struct Count(AtomicU32);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A wait of the learner's, polled by hand.
struct Wait<'a, T> {
    name: &'static str,
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    count: Arc<Count>,
}

impl<'a, T> Wait<'a, T> {
    fn new(name: &'static str, future: impl Future<Output = T> + 'a) -> Self {
        let (future, count) = (Box::pin(future), Arc::default());
        Wait { name, future, count }
    }

    /// Polls once, and notes it.
    fn poll(&mut self, log: &Log) -> Poll<T> {
        let waker = Waker::from(self.count.clone());
        let poll = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        let how = if poll.is_ready() { "ready" } else { "pending" };
        log.note("poll", self.name, how);
        poll
    }

    /// Claims that it is pending, and that it waits until it is woken.
    fn waits(&mut self, log: &Log) -> Result<(), Broken> {
        if self.poll(log).is_ready() {
            return log.broken(format!("{} is ready", self.name));
        }
        match self.wakes() {
            0 => Ok(()),
            _ => log.broken(format!("{} is woken, and nothing new", self.name)),
        }
    }

    /// Claims that it is ready, and gives what came of it.
    fn ends(&mut self, log: &Log) -> Result<T, Broken> {
        match self.poll(log) {
            Poll::Ready(value) => Ok(value),
            Poll::Pending => log.broken(format!("{} waits", self.name)),
        }
    }

    /// Claims that it was woken, and then that it is ready.
    fn woken_and_ends(&mut self, log: &Log) -> Result<T, Broken> {
        if self.wakes() == 0 {
            return log.broken(format!("nobody has woken {}", self.name));
        }
        self.ends(log)
    }

    fn wakes(&self) -> u32 {
        self.count.0.load(Ordering::Relaxed)
    }
}

/// Sends what there must be room for.
fn send(log: &Log, sender: &Sender<u32>, value: u32) -> Result<(), Broken> {
    let name = ["send 0", "send 1", "send 2", "send 3"][value as usize];
    let sent = Wait::new(name, sender.send(value)).ends(log)?;
    log.expect(Ok(()), sent)
}

#[test]
fn values_come_in_the_order_of_sending() {
    check("14", "Join and channel")
        .given("given", "room for 3")
        .because("A queue: in at one end, out at the other.")
        .run(|log| {
            let (sender, receiver) = channel(3);
            (1..=3).try_for_each(|value| send(log, &sender, value))?;
            for due in 1..=3 {
                let got = Wait::new("recv", receiver.recv()).ends(log)?;
                log.expect(Some(due), got)?;
            }
            Ok(())
        });
}

#[test]
fn who_finds_nothing_waits_for_a_value() {
    check("14", "Join and channel")
        .given("given", "room for 1, and it is empty")
        .because(
            "Pending, with a waker left behind: not polled again until a \
             value has come. Then it is woken, and gets it.",
        )
        .run(|log| {
            let (sender, receiver) = channel(1);
            let mut recv = Wait::new("recv", receiver.recv());
            recv.waits(log)?;
            send(log, &sender, 1)?;
            let got = recv.woken_and_ends(log)?;
            log.expect(Some(1), got)
        });
}

#[test]
fn who_finds_it_full_waits_for_room() {
    check("14", "Join and channel")
        .given("given", "room for 2")
        .because(
            "A sender that is faster than its receiver is stopped: that is \
             backpressure. A value that was received leaves room, and whoever \
             waits for it is woken.",
        )
        .run(|log| {
            let (sender, receiver) = channel(2);
            send(log, &sender, 1)?;
            send(log, &sender, 2)?;
            let mut third = Wait::new("send 3", sender.send(3));
            third.waits(log)?;
            for due in 1..=2 {
                let got = Wait::new("recv", receiver.recv()).ends(log)?;
                log.expect(Some(due), got)?;
            }
            let sent = third.woken_and_ends(log)?;
            log.expect(Ok(()), sent)?;
            let got = Wait::new("recv", receiver.recv()).ends(log)?;
            log.expect(Some(3), got)
        });
}

#[test]
fn no_room_at_all_is_room_for_one() {
    check("14", "Join and channel")
        .given("given", "room for 0")
        .because(
            "Where there is never room, each sender waits for ever. Room for \
             one is the least.",
        )
        .run(|log| {
            let (sender, receiver) = channel(0);
            send(log, &sender, 1)?;
            Wait::new("send 2", sender.send(2)).waits(log)?;
            let got = Wait::new("recv", receiver.recv()).ends(log)?;
            log.expect(Some(1), got)
        });
}

#[test]
fn the_newest_waker_is_the_one_that_counts() {
    check("14", "async and await")
        .given("given", "room for 1, and it is empty")
        .given("then", "recv is polled by one task, and then by another")
        .because(
            "A future may be handed on while it waits. With each poll comes \
             the waker of whoever polls it now: leave that one.",
        )
        .run(|log| {
            let (sender, receiver) = channel(1);
            let mut recv = Wait::new("recv", receiver.recv());
            recv.waits(log)?;
            recv.count = Arc::default();
            recv.waits(log)?;
            send(log, &sender, 1)?;
            let got = recv.woken_and_ends(log)?;
            log.expect(Some(1), got)
        });
}

#[test]
fn of_two_who_wait_none_is_forgotten() {
    check("14", "Join and channel")
        .given("given", "room for 2, and two receivers")
        .because(
            "Room for one waker is room for the last one who came. Two values \
             have come, so two can go on.",
        )
        .run(|log| {
            let (sender, receiver) = channel(2);
            let second = receiver.clone();
            let mut one = Wait::new("one's recv", receiver.recv());
            let mut two = Wait::new("two's recv", second.recv());
            one.waits(log)?;
            two.waits(log)?;
            send(log, &sender, 1)?;
            send(log, &sender, 2)?;
            let got = (one.woken_and_ends(log)?, two.woken_and_ends(log)?);
            log.expect((Some(1), Some(2)), got)
        });
}

#[test]
fn what_was_sent_before_the_end_is_received() {
    check("14", "Join and channel")
        .given("given", "two values, and then the sender is dropped")
        .because("The end comes after the last value, as with a connection.")
        .run(|log| {
            let (sender, receiver) = channel(2);
            send(log, &sender, 1)?;
            send(log, &sender, 2)?;
            drop(sender);
            for due in [Some(1), Some(2), None, None] {
                let got = Wait::new("recv", receiver.recv()).ends(log)?;
                log.expect(due, got)?;
            }
            Ok(())
        });
}

#[test]
fn the_last_sender_is_the_end_and_no_other() {
    check("14", "Join and channel")
        .given("given", "two senders, and a receiver that waits")
        .because(
            "Nobody will send any more: who waits for a value would wait for \
             ever. But as long as one sender is left, a value may come.",
        )
        .run(|log| {
            let (sender, receiver) = channel::<u32>(1);
            let other = sender.clone();
            let mut recv = Wait::new("recv", receiver.recv());
            recv.waits(log)?;
            log.note("then", "one sender is dropped", "");
            drop(sender);
            if recv.poll(log).is_ready() {
                return log.broken("the end, and there is a sender");
            }
            let before = recv.wakes();
            log.note("then", "the other one is dropped", "");
            drop(other);
            if recv.wakes() == before {
                return log.broken("nobody has woken recv");
            }
            let got = recv.ends(log)?;
            log.expect(None, got)
        });
}

#[test]
fn without_a_receiver_the_value_comes_back() {
    check("14", "Join and channel")
        .given("given", "room for 1, which is full, and a sender that waits")
        .given("then", "the receiver is dropped")
        .because(
            "Nobody will make room any more. Whoever has made the value may \
             still need it, and must know that it went nowhere.",
        )
        .run(|log| {
            let (sender, receiver) = channel(1);
            send(log, &sender, 0)?;
            let mut second = Wait::new("send 1", sender.send(1));
            second.waits(log)?;
            drop(receiver);
            let back = second.woken_and_ends(log)?;
            log.expect(Err(1), back)?;
            let later = Wait::new("send 2", sender.send(2)).ends(log)?;
            log.expect(Err(2), later)
        });
}

/// Of two that wait, lets one give up, before or after the change that both
/// wait for. Gives the other one.
fn one_gives_up<'a, T>(
    log: &Log,
    [mut one, mut two]: [Wait<'a, T>; 2],
    (first, before): (bool, bool),
    change: impl FnOnce() -> Result<(), Broken>,
) -> Result<Wait<'a, T>, Broken> {
    one.waits(log)?;
    two.waits(log)?;
    let (gone, left) = if first { (one, two) } else { (two, one) };
    if !before {
        change()?;
        log.note("then", format!("{} is dropped", gone.name), "");
        drop(gone);
    } else {
        log.note("then", format!("{} is dropped", gone.name), "");
        drop(gone);
        change()?;
    }
    Ok(left)
}

/// Two receivers wait for a value.
fn one_receiver_gives_up(log: &Log, how: (bool, bool)) -> Result<(), Broken> {
    log.note("given", "room for 1, and two receivers", "");
    let (sender, receiver) = channel(1);
    let second = receiver.clone();
    let waits = [
        Wait::new("one's recv", receiver.recv()),
        Wait::new("two's recv", second.recv()),
    ];
    let mut left = one_gives_up(log, waits, how, || send(log, &sender, 1))?;
    let got = left.woken_and_ends(log)?;
    log.expect(Some(1), got)
}

#[test]
fn one_receiver_less_is_not_the_end() {
    check("14", "Join and channel")
        .given("given", "two receivers, and room for 2")
        .given("then", "a value is sent, and one receiver dropped")
        .because(
            "The other one is still there, and so is the value. There is no \
             end before the last of them.",
        )
        .run(|log| {
            let (sender, receiver) = channel(2);
            let other = receiver.clone();
            send(log, &sender, 1)?;
            drop(receiver);
            send(log, &sender, 2)?;
            for due in 1..=2 {
                let got = Wait::new("recv", other.recv()).ends(log)?;
                log.expect(Some(due), got)?;
            }
            Ok(())
        });
}

#[test]
fn who_gave_up_waiting_takes_nobody_s_wake() {
    check("14", "async and await")
        .because(
            "A future may be dropped at any wait; a time-out does it. Its \
             waker is still on your list. If you wake only that one, the \
             other sleeps beside a value.",
        )
        .run(|log| {
            one_receiver_gives_up(log, (true, true))?;
            one_receiver_gives_up(log.afresh(), (false, true))
        });
}

#[test]
fn who_gave_up_when_woken_leaves_the_value_to_others() {
    check("14", "async and await")
        .because(
            "It was woken and never came. The value is still there, and the \
             other one must hear of it.",
        )
        .run(|log| {
            one_receiver_gives_up(log, (true, false))?;
            one_receiver_gives_up(log.afresh(), (false, false))
        });
}

#[test]
fn who_gave_up_sending_leaves_the_room_to_others() {
    check("14", "async and await")
        .because(
            "Two wait for room, and one of them is dropped. There is room \
             now, and the other one must hear of it.",
        )
        .run(|log| {
            for how in [(true, true), (false, true), (true, false)] {
                a_sender_gives_up(log.afresh(), how)?;
            }
            a_sender_gives_up(log.afresh(), (false, false))
        });
}

/// Two senders wait for room.
fn a_sender_gives_up(log: &Log, how: (bool, bool)) -> Result<(), Broken> {
    log.note("given", "room for 1, and two senders", "");
    let (sender, receiver) = channel(1);
    let second = sender.clone();
    send(log, &sender, 0)?;
    let waits = [
        Wait::new("send 1", sender.send(1)),
        Wait::new("send 2", second.send(2)),
    ];
    let mut left = one_gives_up(log, waits, how, || {
        let got = Wait::new("recv", receiver.recv()).ends(log)?;
        log.expect(Some(0), got)
    })?;
    let sent = left.woken_and_ends(log)?;
    log.expect(Ok(()), sent)
}

#[test]
fn three_makers_and_two_users_lose_nothing() {
    check("14", "Join and channel")
        .given("given", "three senders of 100 values, two receivers")
        .given("asked", "how many values came, and their sum")
        .because("Each value is received once, by one of them.")
        .run(|log| {
            let got = executor::run(many())??;
            log.expect((300, 45_150), got)
        });
}

async fn many() -> std::io::Result<(u64, u64)> {
    let (sender, receiver) = channel(2);
    let got = Rc::new(Cell::new((0, 0)));
    for first in [1, 101, 201] {
        let sender = sender.clone();
        executor::spawn(async move {
            for value in first..first + 100 {
                let _ = sender.send(value).await;
            }
        })?;
    }
    drop(sender);
    let mut users = Vec::new();
    for _ in 0..2 {
        let (receiver, got) = (receiver.clone(), got.clone());
        users.push(executor::spawn(async move {
            while let Some(value) = receiver.recv().await {
                let (count, sum) = got.get();
                got.set((count + 1, sum + value));
                if count > 1000 {
                    give_up("more than 1000 values of 300");
                }
            }
        })?);
    }
    for user in users {
        let _ = user.join().await;
    }
    Ok(got.get())
}
