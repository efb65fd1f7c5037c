//! What a coroutine promises: values in and out, a panic that ends at its
//! own end, and nothing left on a stack.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use lesson_coroutines::coroutine::{Coroutine, State};
use lesson_coroutines::stack::Stack;

/// Counts how often it is dropped.
struct Dropped(Rc<Cell<u32>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

fn counter() -> (Dropped, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    (Dropped(count.clone()), count)
}

#[test]
fn values_go_in_and_come_out() {
    let mut adds = Coroutine::new(|yielder, first: u32| {
        let mut sum = first;
        while sum < 100 {
            sum += yielder.suspend(sum);
        }
        format!("{sum} in all")
    })
    .unwrap();

    assert_eq!(adds.resume(1), State::Yielded(1));
    assert_eq!(adds.resume(20), State::Yielded(21));
    assert_eq!(adds.resume(300), State::Complete("321 in all".to_string()));
    assert!(adds.is_complete());
}

#[test]
fn values_of_any_size_are_handed_over() {
    let mut large = Coroutine::new(|yielder, mut value: [u64; 100]| {
        loop {
            value[99] += 1;
            value = yielder.suspend(value);
        }
    })
    .unwrap();
    let mut none = Coroutine::new(|yielder, ()| {
        for _ in 0..3 {
            yielder.suspend(());
        }
    })
    .unwrap();

    let State::<_, ()>::Yielded(told) = large.resume([7; 100]) else {
        panic!("it never ends");
    };
    assert_eq!((told[0], told[99]), (7, 8));
    for _ in 0..3 {
        assert_eq!(none.resume(()), State::Yielded(()));
    }
    assert_eq!(none.resume(()), State::Complete(()));
}

#[test]
fn registers_and_floats_survive_a_switch() {
    // More values alive across the switch than there are registers.
    fn churn(seed: u64, mut step: impl FnMut()) -> (u64, f64) {
        let mut whole: [u64; 12] =
            std::array::from_fn(|place| seed + place as u64);
        let mut real: [f64; 12] =
            std::array::from_fn(|place| (seed + place as u64) as f64);
        for _ in 0..1000 {
            for place in 0..12 {
                whole[place] = whole[place]
                    .rotate_left(7)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                real[place] = (real[place] * 1.25).sqrt() + 0.5;
            }
            step();
        }
        (whole.iter().fold(0, |all, one| all ^ one), real.iter().sum())
    }
    let (alone_1, alone_2) = (churn(1, || ()), churn(2, || ()));

    let mut other =
        Coroutine::new(|yielder, ()| churn(2, || yielder.suspend(()))).unwrap();
    let together_1 = churn(1, || {
        if let State::Complete(_) = other.resume(()) {
            panic!("too early");
        }
    });

    assert_eq!(together_1, alone_1);
    assert_eq!(other.resume(()), State::Complete(alone_2));
}

#[test]
fn a_panic_goes_on_in_the_resumer() {
    let (dropped, count) = counter();
    let mut fails = Coroutine::new(move |yielder, ()| {
        let _dropped = dropped;
        yielder.suspend(());
        panic!("at its own end");
    })
    .unwrap();
    assert_eq!(fails.resume(()), State::<(), ()>::Yielded(()));

    let caught = catch_unwind(AssertUnwindSafe(|| fails.resume(())));

    let words = caught.unwrap_err();
    assert_eq!(words.downcast_ref(), Some(&"at its own end"));
    assert_eq!(count.get(), 1);
    assert!(fails.is_complete());
    assert!(!std::thread::panicking());
}

#[test]
fn a_panic_that_is_caught_inside_stays_there() {
    let mut careful = Coroutine::new(|yielder, ()| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            yielder.suspend(1);
            panic!("caught");
        }));
        yielder.suspend(2);
        caught.is_err()
    })
    .unwrap();

    assert_eq!(careful.resume(()), State::Yielded(1));
    assert_eq!(careful.resume(()), State::Yielded(2));
    assert_eq!(careful.resume(()), State::Complete(true));
}

#[test]
fn a_coroutine_that_is_dropped_is_unwound() {
    let (dropped, count) = counter();
    let mut waits = Coroutine::new(move |yielder, ()| {
        let _dropped = dropped;
        loop {
            yielder.suspend(());
        }
    })
    .unwrap();
    let _: State<(), ()> = waits.resume(());
    assert_eq!(count.get(), 0);

    drop(waits);

    assert_eq!(count.get(), 1);
    assert!(!std::thread::panicking());
}

#[test]
fn a_coroutine_that_never_began_drops_what_it_was_given() {
    let (dropped, count) = counter();
    let idle = Coroutine::new(move |_: &_, ()| {
        let _dropped = dropped;
        0
    })
    .unwrap();

    drop::<Coroutine<(), (), _>>(idle);

    assert_eq!(count.get(), 1);
}

#[test]
fn one_that_waits_in_a_destructor_is_left_where_it_is() {
    let mut stubborn = Coroutine::new(|yielder, ()| {
        loop {
            let _ = catch_unwind(AssertUnwindSafe(|| yielder.suspend(())));
        }
    })
    .unwrap();
    let _: State<(), ()> = stubborn.resume(());

    drop(stubborn);
}

#[test]
fn coroutines_nest() {
    let mut outer = Coroutine::new(|yielder, ()| {
        let mut inner = Coroutine::new(|yielder, _| {
            yielder.suspend(1);
            if yielder.suspend(2) {
                panic!("through both");
            }
        })?;
        while let State::Yielded(n) = inner.resume(true) {
            yielder.suspend(n * 10);
        }
        Ok::<(), std::io::Error>(())
    })
    .unwrap();

    assert!(matches!(outer.resume(()), State::Yielded(10)));
    assert!(matches!(outer.resume(()), State::Yielded(20)));
    let caught = catch_unwind(AssertUnwindSafe(|| outer.resume(())));
    assert_eq!(
        caught.map(|_| ()).unwrap_err().downcast_ref(),
        Some(&"through both")
    );
}

#[test]
fn a_resume_after_the_end_says_so() {
    let mut ends = Coroutine::new(|_: &_, ()| 1).unwrap();
    let _: State<(), _> = ends.resume(());

    let caught = catch_unwind(AssertUnwindSafe(|| ends.resume(())));

    let words = caught.unwrap_err();
    let words = words.downcast_ref::<&str>().unwrap();
    assert_eq!(*words, "a coroutine was resumed after its end");
}

#[inline(never)]
fn uses_much() -> u8 {
    std::hint::black_box([1u8; 100_000])[7]
}

#[test]
fn a_stack_is_used_again_and_costs_what_was_touched() {
    let first = Stack::take().unwrap();
    let mut deep = Coroutine::on(first, "deep", |yielder, ()| {
        yielder.suspend(());
        uses_much()
    });
    let _ = deep.resume(());
    let shallow = deep.stack().resident();
    assert!(shallow <= 8192, "{shallow} bytes before");
    let top = deep.stack().top();

    assert_eq!(deep.resume(()), State::Complete(1));
    assert!(deep.stack().resident() > 100_000);
    drop(deep);

    assert_eq!(Stack::take().unwrap().top(), top);
}
