//! What a program still does when it ends by `exit`: atexit(3).

#![allow(unsafe_code)]

use nix::libc;

/// Has `what` called when the program ends, by the end of main or by
/// `std::process::exit`. A signal that kills it, such as SIGKILL, leaves no
/// time for that.
pub fn call(what: extern "C" fn()) {
    // SAFETY: it keeps a pointer to a function that lives as long as the
    // program. Without room for it (an error), nothing is called.
    unsafe { libc::atexit(what) };
}
