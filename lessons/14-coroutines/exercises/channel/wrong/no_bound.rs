//! Rejected by: who_finds_it_full_waits_for_room, without_a_receiver_the_value_comes_back, no_room_at_all_is_room_for_one, who_gave_up_sending_leaves_the_room_to_others
//!
//! Takes whatever is sent.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::mem;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// What both ends know.
struct Shared<T> {
    values: VecDeque<T>,
    room: usize,
    senders: usize,
    receivers: usize,
    /// Who waits, at either end.
    waiting: Vec<Waker>,
}

impl<T> Shared<T> {
    /// Who waits shall look again. All of them: one may have given up.
    fn changed(&mut self) {
        mem::take(&mut self.waiting).into_iter().for_each(Waker::wake);
    }
}

/// The end that sends.
pub struct Sender<T>(Rc<RefCell<Shared<T>>>);

/// The end that receives.
pub struct Receiver<T>(Rc<RefCell<Shared<T>>>);

/// The ends of a channel for so many values, at least one.
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(RefCell::new(Shared {
        values: VecDeque::new(),
        room: room.max(1),
        senders: 1,
        receivers: 1,
        waiting: Vec::new(),
    }));
    (Sender(shared.clone()), Receiver(shared))
}

impl<T> Sender<T> {
    /// Sends a value, when there is room. Gives it back when nobody will
    /// receive it any more.
    pub async fn send(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        poll_fn(|context| {
            let mut shared = self.0.borrow_mut();
            if shared.receivers == 0 {
                return Poll::Ready(value.take().map_or(Ok(()), Err));
            }
            if shared.values.len() < usize::MAX {
                shared.values.extend(value.take());
                shared.changed();
                return Poll::Ready(Ok(()));
            }
            shared.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl<T> Receiver<T> {
    /// Receives a value, when there is one. Nothing, when there will be none
    /// any more.
    pub async fn recv(&self) -> Option<T> {
        poll_fn(|context| {
            let mut shared = self.0.borrow_mut();
            let value = shared.values.pop_front();
            if value.is_some() {
                shared.changed();
            } else if shared.senders > 0 {
                shared.waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(value)
        })
        .await
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.borrow_mut().senders += 1;
        Sender(self.0.clone())
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.0.borrow_mut().receivers += 1;
        Receiver(self.0.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut shared = self.0.borrow_mut();
        shared.senders -= 1;
        shared.changed();
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut shared = self.0.borrow_mut();
        shared.receivers -= 1;
        shared.changed();
    }
}
