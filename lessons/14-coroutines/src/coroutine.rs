//! A coroutine: a function that can stop in the middle, and go on later.
//!
//! It runs when it is resumed, on a stack of its own, until it suspends
//! itself or returns. A value goes in with each resume, and one comes out.
//!
//! ```text
//! resumer     resume(input) ─┐     ┌→ Yielded(value)    resume(…) ─┐
//!                            ↓     │                               ↓
//! coroutine                  … suspend(value)               → input, …
//! ```
//!
//! Values are handed over by their address. A value stays where it is, on
//! a stack that doesn't run, until the other side has taken it.
//!
//! - A panic ends the coroutine, not its resumer's function: it is caught at
//!   the bottom of the coroutine's stack, and raised again in `resume`.
//! - A coroutine that is dropped before its end is unwound: what is on its
//!   stack is dropped.
//! - A coroutine stays in its thread. What is on its stack may not be
//!   `Send`, and the compiler can't see it; so the coroutine isn't.

#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::hint::black_box;
use std::io;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::{self, NonNull};
use std::thread;

use crate::stack::Stack;
use crate::switch::inlined;

/// What a resume brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State<Yield, Return> {
    /// The coroutine has suspended itself, and can be resumed.
    Yielded(Yield),
    /// The coroutine has returned. That was its last word.
    Complete(Return),
}

// ANCHOR: coroutine
/// A function with a stack of its own.
pub struct Coroutine<Input, Yield, Return> {
    /// Given back when this is dropped, but where somebody is still on it.
    stack: ManuallyDrop<Stack>,
    /// The place on the stack that both sides know. As a pointer it is
    /// neither Send nor Sync, and so the coroutine isn't.
    shared: NonNull<Shared<Input, Yield, Return>>,
}

/// What lies at the top of a coroutine's stack.
#[repr(C)]
struct Shared<Input, Yield, Return> {
    yielder: Yielder<Input, Yield>,
    /// What the coroutine is to do; taken when it begins.
    function: Option<Function<Input, Yield, Return>>,
}

type Function<Input, Yield, Return> =
    Box<dyn FnOnce(&Yielder<Input, Yield>, Input) -> Return>;
// ANCHOR_END: coroutine

/// The coroutine's own end: what it suspends itself with.
pub struct Yielder<Input, Yield> {
    /// The stack pointer of whoever isn't running: see [`inlined`].
    link: UnsafeCell<*mut u8>,
    _types: PhantomData<fn(Yield) -> Input>,
}

/// What unwinds a coroutine that is dropped before its end.
struct Unwound;

impl<Input: 'static, Yield: 'static, Return: 'static>
    Coroutine<Input, Yield, Return>
{
    // ANCHOR: new
    /// A coroutine that will run this function when it is resumed.
    ///
    /// # Errors
    /// There is no room for one more stack: see [`Stack::map`].
    pub fn new(
        function: impl FnOnce(&Yielder<Input, Yield>, Input) -> Return + 'static,
    ) -> io::Result<Self> {
        Ok(Self::on(Stack::take()?, "without a name", function))
    }

    /// The same on a stack that the caller has mapped, and with a name that
    /// is told should the stack be too small.
    pub fn on(
        mut stack: Stack,
        name: &str,
        function: impl FnOnce(&Yielder<Input, Yield>, Input) -> Return + 'static,
    ) -> Self {
        stack.label(name);
        let bytes = size_of::<Shared<Input, Yield, Return>>();
        let bytes = bytes.next_multiple_of(16);
        // SAFETY: a stack has room for more than this, and the top is
        // aligned to 16 bytes. So is what begins below it.
        let shared = unsafe {
            let shared = stack.top().sub(bytes);
            let sp = inlined::prepare(shared, bottom::<Input, Yield, Return>);
            let link = UnsafeCell::new(sp);
            let shared: *mut Shared<Input, Yield, Return> = shared.cast();
            shared.write(Shared {
                yielder: Yielder { link, _types: PhantomData },
                function: Some(Box::new(function)),
            });
            NonNull::new_unchecked(shared)
        };
        Coroutine { stack: ManuallyDrop::new(stack), shared }
    }
    // ANCHOR_END: new

    // ANCHOR: resume
    /// Runs the coroutine until it suspends itself or returns.
    ///
    /// # Panics
    /// When the coroutine panics: its panic goes on here. And when it is
    /// complete, for nothing is left to run.
    #[inline]
    pub fn resume(&mut self, input: Input) -> State<Yield, Return> {
        self.try_resume(input).unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// The same, but a panic of the coroutine is an error.
    ///
    /// # Panics
    /// When it is complete.
    #[inline]
    pub fn try_resume(
        &mut self,
        input: Input,
    ) -> thread::Result<State<Yield, Return>> {
        assert!(!self.is_complete(), "a coroutine was resumed after its end");
        let input = ManuallyDrop::new(input);
        // SAFETY: the coroutine isn't running, for this has the one `&mut`,
        // and isn't complete. It takes the input before it hands over
        // anything; what it hands over stays until it is resumed.
        unsafe {
            let told = inlined::resume(self.link(), address(&input));
            if !self.is_complete() {
                return Ok(State::Yielded(told.cast::<Yield>().read()));
            }
            let result = told.cast::<thread::Result<Return>>().read();
            result.map(State::Complete)
        }
    }
    // ANCHOR_END: resume
}

impl<Input, Yield, Return> Coroutine<Input, Yield, Return> {
    /// Whether it has returned or panicked.
    #[inline]
    pub fn is_complete(&self) -> bool {
        // SAFETY: the link is alive as long as the stack.
        unsafe { (*self.link()).is_null() }
    }

    /// Its stack.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The stack pointer with which it was left; null after its end.
    pub fn stack_pointer(&self) -> *const u8 {
        // SAFETY: as in `is_complete`.
        unsafe { *self.link() }
    }

    /// Reads the word on top of its stack, for the processor to have it near.
    pub(crate) fn touch(&self) {
        let sp = self.stack_pointer();
        if !sp.is_null() {
            // SAFETY: a coroutine that isn't running has left a word there.
            black_box(unsafe { sp.cast::<usize>().read_volatile() });
        }
    }

    #[inline]
    fn link(&self) -> *mut *mut u8 {
        // SAFETY: what is shared is alive as long as the stack. No reference
        // is made: the coroutine has one of its own to the yielder.
        unsafe {
            UnsafeCell::raw_get(&raw const (*self.shared.as_ptr()).yielder.link)
        }
    }

    /// The function, where it has not begun.
    fn take_function(&mut self) -> Option<Function<Input, Yield, Return>> {
        // SAFETY: the coroutine isn't running, so that nobody else uses it.
        unsafe { (*self.shared.as_ptr()).function.take() }
    }
}

impl<Input, Yield> Yielder<Input, Yield> {
    // ANCHOR: suspend
    /// Stops the coroutine that runs, and hands a value to its resumer.
    /// Gives what the next resume hands over.
    ///
    /// When the coroutine is dropped instead, this unwinds its stack.
    #[inline(always)]
    pub fn suspend(&self, value: Yield) -> Input {
        let value = ManuallyDrop::new(value);
        // SAFETY: only the coroutine itself can reach its yielder, so it
        // runs. The resumer takes the value before it resumes; what it hands
        // over stays until this suspends again.
        unsafe {
            let told = inlined::suspend(self.link.get(), address(&value));
            if told.is_null() {
                unwind();
            }
            told.cast::<Input>().read()
        }
    }
    // ANCHOR_END: suspend
}

/// Unwinds the coroutine's stack. This is no error, so that the panic hook
/// isn't called and nothing is told.
#[cold]
fn unwind() -> ! {
    resume_unwind(Box::new(Unwound))
}

// ANCHOR: bottom
/// The bottom of each coroutine's stack: what runs first, and last.
extern "C" fn bottom<Input, Yield, Return>(
    value: *mut (),
    link: *mut *mut u8,
) -> ! {
    // SAFETY: the link is the first field of what is shared, and the
    // first resume hands over an input.
    let (shared, input) = unsafe {
        let shared: *mut Shared<Input, Yield, Return> = link.cast();
        (shared, value.cast::<Input>().read())
    };
    // A panic must not go further: no function has called this one.
    let result = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the stack is alive while this runs on it; the resumer
        // touches the link only, which is in a cell.
        let (function, yielder) =
            unsafe { ((*shared).function.take(), &(*shared).yielder) };
        function.map(|function| function(yielder, input))
    }));
    let result = ManuallyDrop::new(result.map(|value| match value {
        Some(value) => value,
        None => unreachable!("a coroutine begins once"),
    }));
    // SAFETY: what was on this stack is dropped, but for the result,
    // which the resumer takes.
    unsafe { inlined::leave(link, address(&result)) }
}
// ANCHOR_END: bottom

impl<Input, Yield, Return> Drop for Coroutine<Input, Yield, Return> {
    fn drop(&mut self) {
        if self.take_function().is_none() && !self.is_complete() {
            // SAFETY: as in `resume`. Null stands for no input: `suspend`
            // unwinds the stack.
            unsafe {
                let told = inlined::resume(self.link(), ptr::null_mut());
                if !self.is_complete() {
                    // A destructor has suspended itself. It would wait for
                    // ever, and so its stack is never given back.
                    drop(told.cast::<Yield>().read());
                    return;
                }
                drop(told.cast::<thread::Result<Return>>().read());
            }
        }
        // SAFETY: nobody is on the stack any more, and this is the last use.
        unsafe { ManuallyDrop::take(&mut self.stack) }.give_back();
    }
}

/// The address by which a value is handed over.
#[inline(always)]
fn address<T>(value: &ManuallyDrop<T>) -> *mut () {
    ptr::from_ref(value).cast_mut().cast()
}
