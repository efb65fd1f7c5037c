//! Rejected by: who_was_woken_is_polled_again, a_wake_out_of_the_poll_counts, who_was_not_woken_is_not_polled, to_be_unparked_is_not_to_be_woken, who_takes_the_token_takes_no_wake, several_wakes_are_one_poll, one_inside_another_takes_no_wake_from_it, of_a_thousand_wakes_none_is_lost
//!
//! Believes that a future is ready when it is polled.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future on this thread, and gives what comes of it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let future = pin!(future);
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future isn't ready"),
    }
}
