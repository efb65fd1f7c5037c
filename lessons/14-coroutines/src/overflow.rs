//! A stack that was too small: says so, and ends the process.
//!
//! A function that needs more than is left of a stack touches the guard page
//! below. The kernel answers with SIGSEGV, which by itself tells nothing but
//! "Segmentation fault". So a signal handler looks whether the address lies
//! in a guard page, and names the coroutine.
//!
//! The handler can't run on the stack that is full: it gets one of its own
//! (sigaltstack(2)). It may call what signal-safety(7) lists, and no more:
//! no `println!`, no memory from the allocator. And there is no way back;
//! the last instruction can't be done.

#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::ptr;
use std::sync::{Mutex, Once, OnceLock};

use nix::errno::Errno;
use nix::libc;

use crate::stack::Label;

/// The guard pages of all stacks, by their addresses, and what lies above.
static GUARDS: Mutex<BTreeMap<usize, Guard>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Copy)]
struct Guard {
    page: usize,
    size: usize,
}

/// Notes the guard page of a new stack.
pub(crate) fn watch(guard: usize, page: usize, size: usize) {
    if let Ok(mut guards) = GUARDS.lock() {
        guards.insert(guard, Guard { page, size });
    }
}

/// Forgets the guard page of a stack that is unmapped.
pub(crate) fn forget(guard: usize) {
    if let Ok(mut guards) = GUARDS.lock() {
        guards.remove(&guard);
    }
}

/// Who handled SIGSEGV before: the standard library, for the stacks of its
/// own threads.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

// ANCHOR: install
/// From now on an overflow is told: `sigaction(2)` for SIGSEGV, once for the
/// process, and `sigaltstack(2)` for this thread unless it has one.
///
/// # Errors
/// Those of the two calls: ENOMEM for the stack.
pub fn install() -> io::Result<()> {
    alternate_stack()?;
    static ONCE: Once = Once::new();
    let mut result = Ok(());
    ONCE.call_once(|| result = handle());
    result
}

fn handle() -> io::Result<()> {
    // SAFETY: integers and null pointers, for all of which zero is valid.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    action.sa_sigaction = on_fault as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: as above; the kernel fills it in.
    let mut before: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: it reads one action and writes the other. The handler keeps to
    // signal-safety(7).
    let done = unsafe { libc::sigaction(libc::SIGSEGV, &action, &mut before) };
    Errno::result(done)?;
    BEFORE.get_or_init(|| before);
    Ok(())
}
// ANCHOR_END: install

/// A stack for signal handlers, where the thread has none. The standard
/// library gives one to each thread that it knows.
fn alternate_stack() -> io::Result<()> {
    // SAFETY: it only asks.
    let now = unsafe {
        let mut now: libc::stack_t = mem::zeroed();
        Errno::result(libc::sigaltstack(ptr::null(), &mut now))?;
        now
    };
    if now.ss_flags & libc::SS_DISABLE == 0 {
        return Ok(());
    }
    // Never freed: the thread may have a fault at any time.
    let stack = Box::leak(vec![0u8; 4 * libc::SIGSTKSZ].into_boxed_slice());
    let new = libc::stack_t {
        ss_sp: stack.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: stack.len(),
    };
    // SAFETY: the memory is for nothing else from now on.
    let done = unsafe { libc::sigaltstack(&new, ptr::null_mut()) };
    Errno::result(done)?;
    Ok(())
}

// ANCHOR: handler
/// What runs at a SIGSEGV.
extern "C" fn on_fault(
    _signal: libc::c_int,
    info: *mut libc::siginfo_t,
    _context: *mut libc::c_void,
) {
    // SAFETY: the kernel passes what sigaction(2) says, for SA_SIGINFO.
    let address = unsafe { (*info).si_addr() } as usize;
    if let Some((guard, found)) = guard_at(address) {
        tell(guard, found);
        // SAFETY: it ends the process, and is on the list.
        unsafe { libc::abort() };
    }
    // Another fault: it happens again, and is for whoever was there before.
    if let Some(before) = BEFORE.get() {
        // SAFETY: the action is one that sigaction(2) gave.
        unsafe { libc::sigaction(libc::SIGSEGV, before, ptr::null_mut()) };
    }
}

fn guard_at(address: usize) -> Option<(usize, Guard)> {
    // To wait for the lock here could be to wait for oneself.
    let guards = GUARDS.try_lock().ok()?;
    let (&guard, &found) = guards.range(..=address).next_back()?;
    (address < guard + found.page).then_some((guard, found))
}

fn tell(guard: usize, found: Guard) {
    let end = guard + found.page + found.size;
    let label = (end - size_of::<Label>()) as *const Label;
    // SAFETY: the stack is mapped, for its guard page is on the list, and the
    // label was written when the coroutine was made.
    let label = unsafe { label.read() };
    write(b"coroutine ");
    write(label.name());
    write(b": its stack of ");
    write(decimal(found.size / 1024, &mut [0; 20]));
    write(b" KiB is full. Give it a larger one, or recurse less.\n");
}
// ANCHOR_END: handler

/// Writes to stderr: `write(2)`, which is on the list.
fn write(bytes: &[u8]) {
    // SAFETY: the bytes are live, and as long as said.
    unsafe { libc::write(2, bytes.as_ptr().cast(), bytes.len()) };
}

/// The digits of a number, without memory from anywhere.
fn decimal(mut number: usize, room: &mut [u8; 20]) -> &[u8] {
    let mut first = room.len();
    loop {
        first -= 1;
        room[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &room[first..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_digit_by_digit() {
        for number in [0, 7, 10, 256, 65530, usize::MAX] {
            let digits = decimal(number, &mut [0; 20]).to_vec();

            assert_eq!(digits, number.to_string().into_bytes());
        }
    }
}
