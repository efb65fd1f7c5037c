//! The bare switches: values go over, and what survives a call survives them.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ptr;

use lesson_coroutines::stack::Stack;
use lesson_coroutines::switch::{inlined, naked};

/// More numbers than there are registers, alive across a switch.
#[inline(never)]
fn churn(seed: u64, mut step: impl FnMut()) -> (u64, f64) {
    let mut whole: [u64; 14] = std::array::from_fn(|n| seed + n as u64);
    let mut real: [f64; 10] =
        std::array::from_fn(|n| (seed * 7) as f64 + n as f64);
    for _ in 0..500 {
        whole.iter_mut().for_each(|n| *n = n.rotate_left(7) ^ seed);
        step();
        real.iter_mut().for_each(|n| *n = (*n * 1.25).sqrt() + 0.5);
    }
    (whole.iter().fold(0, |all, one| all ^ one), real.iter().sum())
}

#[derive(Default)]
struct Pair {
    main: Cell<usize>,
    other: Cell<usize>,
}

fn slot(cell: &Cell<usize>) -> *mut *mut u8 {
    cell.as_ptr().cast()
}

#[test]
fn the_naked_switch_hands_over_values_and_keeps_the_rest() {
    extern "C" fn other(pair: *mut (), first: *mut ()) -> ! {
        // SAFETY: the test passes it, and waits for this side.
        let pair = unsafe { &*pair.cast::<Pair>() };
        let value = Cell::new(first as usize);
        loop {
            churn(value.get() as u64, || {
                let more = (value.get() + 1) as *mut ();
                let main = pair.main.get() as *mut u8;
                // SAFETY: main has saved its stack pointer.
                let told =
                    unsafe { naked::switch(slot(&pair.other), main, more) };
                value.set(told as usize);
            });
        }
    }
    let (stack, pair) = (Stack::take().unwrap(), Pair::default());
    let argument = ptr::from_ref(&pair).cast_mut().cast();
    // SAFETY: the stack is larger than what is written.
    let sp = unsafe { naked::prepare(stack.top(), other, argument) };
    pair.other.set(sp as usize);
    let alone = churn(3, || ());

    let mut value = 10;
    let together = churn(3, || {
        let other = pair.other.get() as *mut u8;
        let (save, value_as) = (slot(&pair.main), value as *mut ());
        // SAFETY: the other side isn't running, and comes back.
        let told = unsafe { naked::switch(save, other, value_as) };
        assert_eq!(told as usize, value + 1);
        value += 10;
    });

    assert_eq!(together, alone);
}

#[test]
fn the_inlined_switch_hands_over_values_and_keeps_the_rest() {
    extern "C" fn other(first: *mut (), link: *mut *mut u8) -> ! {
        let value = Cell::new(first as usize);
        churn(5, || {
            let more = (value.get() + 1) as *mut ();
            // SAFETY: this is the coroutine that runs, and its link.
            let told = unsafe { inlined::suspend(link, more) };
            value.set(told as usize);
        });
        // SAFETY: nothing on this stack has to be dropped.
        unsafe { inlined::leave(link, ptr::null_mut()) }
    }
    let stack = Stack::take().unwrap();
    // SAFETY: the stack is larger than what is written.
    let sp = unsafe { inlined::prepare(stack.top(), other) };
    let link = Cell::new(sp as usize);
    let alone = churn(3, || ());

    let mut value = 10;
    let together = churn(3, || {
        // SAFETY: the coroutine isn't running, and hasn't left.
        let told = unsafe { inlined::resume(slot(&link), value as *mut ()) };
        assert_eq!(told as usize, value + 1);
        value += 10;
    });
    // SAFETY: as above; it leaves now.
    let last = unsafe { inlined::resume(slot(&link), ptr::null_mut()) };

    assert_eq!(together, alone);
    assert_eq!((last, link.get()), (ptr::null_mut(), 0));
}
