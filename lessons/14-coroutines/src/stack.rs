//! A stack for a coroutine: memory with a page below it that nobody may
//! touch.
//!
//! ```text
//! high   ┌───────────────┐
//!        │ label         │  whose stack it is, for `overflow.rs`
//!        ├───────────────┤ ← top: the first thing pushed lies below it
//!        │ ↓ used        │
//!        │               │
//!        │   never       │  it has no memory until it is touched:
//!        │   touched     │  a page costs 4 KiB from then on
//!        ├───────────────┤
//!        │ guard page    │  PROT_NONE: a touch is SIGSEGV
//! low    └───────────────┘
//! ```
//!
//! The mapping is MAP_NORESERVE (the kernel doesn't set memory aside for
//! what is never touched) and MAP_STACK (a hint that it is a stack): mmap(2).
//! To map costs microseconds, so that a stack is used again when its
//! coroutine has ended.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::io;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{SysconfVar, sysconf};

use crate::overflow;

/// What a coroutine may use, unless it asks for another size.
pub const DEFAULT: usize = 256 * 1024;

/// How many stacks a thread keeps as they are, for the next coroutines.
const WARM: usize = 64;

/// How many it keeps mapped at all.
const KEPT: usize = 16 * 1024;

/// So many stacks begin at different places of their pages, 64 bytes apart.
///
/// If all began at the same place, what is used most of each would compete
/// for the same few lines of the processor's cache, which are chosen by the
/// last 12 bits of an address.
const COLOURS: usize = 16;

/// How many stacks were made, for their colours.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// A stack, and its guard page.
pub struct Stack {
    /// Where the mapping begins: at the guard page.
    guard: NonNull<u8>,
    /// How many bytes may be used, above the guard page.
    size: usize,
    /// How many bytes at its end are left alone: see [`COLOURS`].
    colour: usize,
}

/// Whose stack it is: the name of a coroutine, cut to what fits.
///
/// It lies on the stack itself, so that a signal handler finds it.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub(crate) struct Label {
    length: u8,
    name: [u8; 31],
}

impl Label {
    fn new(name: &str) -> Self {
        let mut label = Label { length: 0, name: [0; 31] };
        for (place, byte) in label.name.iter_mut().zip(name.bytes()) {
            *place = byte;
            label.length += 1;
        }
        label
    }

    /// The name's bytes.
    pub(crate) fn name(&self) -> &[u8] {
        &self.name[..self.length.into()]
    }
}

impl Stack {
    /// A stack of the default size: one that another coroutine has left, or
    /// a new one.
    ///
    /// # Errors
    /// Those of [`map`](Stack::map).
    pub fn take() -> io::Result<Self> {
        match POOL.try_with(|pool| pool.borrow_mut().pop()) {
            Ok(Some(stack)) => Ok(stack),
            _ => Stack::map(DEFAULT),
        }
    }

    // ANCHOR: map
    /// A new stack of at least so many bytes: `mmap(2)`, and `mprotect(2)`
    /// for all but the guard page.
    ///
    /// # Errors
    /// ENOMEM: the process has no more address space, or as many mappings as
    /// it may have. A stack takes two, /proc/sys/vm/max_map_count is 65530.
    pub fn map(size: usize) -> io::Result<Self> {
        let page = page();
        let size = size.max(4 * page).next_multiple_of(page);
        let flags = libc::MAP_PRIVATE
            | libc::MAP_ANONYMOUS
            | libc::MAP_NORESERVE
            | libc::MAP_STACK;
        // SAFETY: a new mapping, where the kernel finds room for it.
        let guard = unsafe {
            let all = page + size;
            libc::mmap(ptr::null_mut(), all, libc::PROT_NONE, flags, -1, 0)
        };
        if guard == libc::MAP_FAILED {
            return Err(too_many(Errno::last().into()));
        }
        let guard = NonNull::new(guard.cast()).ok_or(Errno::ENOMEM)?;
        let colour = MADE.fetch_add(1, Ordering::Relaxed) % COLOURS * 64;
        let stack = Stack { guard, size, colour };
        overflow::watch(guard.as_ptr() as usize, page, size);
        let usable = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: of the mapping made above, all but the first page.
        let done = unsafe {
            libc::mprotect(guard.as_ptr().add(page).cast(), size, usable)
        };
        Errno::result(done).map_err(|e| too_many(e.into()))?;
        Ok(stack)
    }
    // ANCHOR_END: map

    /// Where the stack begins: it grows down from here. Aligned to 16 bytes,
    /// as both processors want it.
    pub fn top(&self) -> *mut u8 {
        // SAFETY: below the label, which lies at the end of the mapping.
        unsafe { self.end().sub(size_of::<Label>() + self.colour) }
    }

    /// How many bytes may be used.
    pub fn size(&self) -> usize {
        self.size - size_of::<Label>() - self.colour
    }

    /// Writes on it whose it is.
    pub(crate) fn label(&mut self, name: &str) {
        // SAFETY: the end of the mapping is for the label, and aligned.
        unsafe { self.end().cast::<Label>().sub(1).write(Label::new(name)) };
    }

    /// How many bytes of it take up memory: `mincore(2)`.
    pub fn resident(&self) -> usize {
        let mut pages = vec![0u8; self.size / page()];
        // SAFETY: the kernel writes a byte for each page of the stack.
        let done = unsafe {
            let stack = self.guard.as_ptr().add(page());
            libc::mincore(stack.cast(), self.size, pages.as_mut_ptr())
        };
        let resident = pages.iter().filter(|&&page| page & 1 == 1).count();
        if done == 0 { resident * page() } else { 0 }
    }

    /// The end of the mapping.
    fn end(&self) -> *mut u8 {
        // SAFETY: one past the end of the mapping.
        unsafe { self.guard.as_ptr().add(page() + self.size) }
    }

    /// Gives the memory back and keeps the addresses: `madvise(2)`.
    fn cool(&self) {
        // SAFETY: nobody uses the stack, so that nobody misses what was on
        // it; it reads as zeros from now on.
        unsafe {
            let stack = self.guard.as_ptr().add(page());
            libc::madvise(stack.cast(), self.size, libc::MADV_DONTNEED);
        }
    }

    /// Keeps the stack for the next coroutine of this thread.
    pub(crate) fn give_back(self) {
        // A thread that ends has no pool any more: the stack is unmapped.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if self.size != DEFAULT || pool.len() >= KEPT {
                return;
            }
            if pool.len() >= WARM {
                self.cool();
            }
            pool.push(self);
        });
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        overflow::forget(self.guard.as_ptr() as usize);
        // SAFETY: the mapping is the stack's own, and nobody runs on it.
        unsafe {
            libc::munmap(self.guard.as_ptr().cast(), page() + self.size);
        }
    }
}

thread_local! {
    /// The stacks that no coroutine uses now.
    static POOL: RefCell<Vec<Stack>> = const { RefCell::new(Vec::new()) };
}

/// The size of a page, in bytes: `sysconf(3)`.
pub fn page() -> usize {
    let size = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    size.and_then(|size| usize::try_from(size).ok()).unwrap_or(4096)
}

/// What to do about ENOMEM.
fn too_many(error: io::Error) -> io::Error {
    let why = "no room for one more stack (the limit of mappings is in \
               /proc/sys/vm/max_map_count, and a stack takes two)";
    io::Error::new(error.kind(), format!("{why}: {error}"))
}
