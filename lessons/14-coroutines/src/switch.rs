//! The switch: from one stack to another inside a thread.
//!
//! What a function needs to go on is on its stack and in the processor's
//! registers. So a switch puts the registers on the stack, points the stack
//! register to another stack, and takes that one's registers off it. Nobody
//! asks the kernel.
//!
//! Not all registers need it. By the rules of a call ("System V ABI" on
//! x86-64, "AAPCS64" on aarch64) a function may spoil most of them, and its
//! caller knows. Only those that survive a call are put away:
//!
//! | | x86-64 | aarch64 |
//! | --- | --- | --- |
//! | survive a call | rbx, rbp, r12 to r15 | x19 to x28, x29, d8 to d15 |
//! | the stack | rsp | sp |
//! | where to go on | on the stack | x30, the link register |
//!
//! Two ways to write it, in a file for each processor:
//!
//! - [`naked`]: a function without prologue or epilogue, all in assembly. Read
//!   this one first.
//! - [`inlined`]: assembly inside a Rust function, which the compiler puts
//!   into the caller. It costs a tenth of the other, and [`Coroutine`] uses
//!   it.
//!
//! What neither touches: the control words of the floating-point units (mxcsr
//! and the x87's, fpcr), which survive a call, too. Nobody here changes them.
//!
//! On x86-64 all tests and figures come from a real processor. On aarch64 the
//! tests of switches, coroutines, scheduler, executor and overflows have run
//! under qemu-user, in builds for debugging and for release; nothing was
//! measured there.
//!
//! [`Coroutine`]: crate::coroutine::Coroutine

#![allow(unsafe_code)]

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::{inlined, naked};
#[cfg(target_arch = "x86_64")]
pub use x86_64::{inlined, naked};

#[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64")))]
compile_error!(
    "lesson-coroutines switches stacks on x86-64 and aarch64; write \
     src/switch/<your processor>.rs after one of them"
);
