//! The switch on aarch64.
//!
//! `bl` and `blr` don't push the way back: they put it into x30, the link
//! register. And sp must be a multiple of 16 at each load and store, so that
//! registers go in pairs.

/// The whole switch as one function.
pub mod naked {
    use std::arch::naked_asm;

    /// What a coroutine does first: it is given the argument of [`prepare`]
    /// and what the first switch hands over. It must never return.
    pub type Entry = extern "C" fn(*mut (), *mut ()) -> !;

    // ANCHOR: naked
    /// Leaves this stack for the stack `to`. Gives what the switch back
    /// hands over.
    ///
    /// ```text
    /// a stack that isn't running:
    ///
    ///             │ …           │  the function that called `switch`
    ///             ├──────┬──────┤
    ///    sp + 144 │ d14  │ d15  │  the lower halves of v8 to v15
    ///    sp + 128 │ d12  │ d13  │
    ///    sp + 112 │ d10  │ d11  │
    ///    sp +  96 │ d8   │ d9   │
    ///    sp +  80 │ x27  │ x28  │
    ///    sp +  64 │ x25  │ x26  │
    ///    sp +  48 │ x23  │ x24  │
    ///    sp +  32 │ x21  │ x22  │
    ///    sp +  16 │ x19  │ x20  │
    ///    sp       │ x29  │ x30  │  the frame pointer, and where to go on
    ///             └──────┴──────┘
    /// ```
    ///
    /// # Safety
    /// `to` is what [`prepare`] gave or what a switch saved, of a stack that
    /// isn't running, and each is used once.
    #[unsafe(naked)]
    pub unsafe extern "C" fn switch(
        save: *mut *mut u8, // x0: where this stack pointer is kept
        to: *mut u8,        // x1: the other one
        value: *mut (),     // x2: what is handed over
    ) -> *mut () {
        naked_asm!(
            // The registers that survive a call, by AAPCS64, and x30.
            "stp x29, x30, [sp, #-160]!",
            "stp x19, x20, [sp, #16]",
            "stp x21, x22, [sp, #32]",
            "stp x23, x24, [sp, #48]",
            "stp x25, x26, [sp, #64]",
            "stp x27, x28, [sp, #80]",
            "stp d8, d9, [sp, #96]",
            "stp d10, d11, [sp, #112]",
            "stp d12, d13, [sp, #128]",
            "stp d14, d15, [sp, #144]",
            // The switch itself. sp can't be stored: it goes by x9.
            "mov x9, sp",
            "str x9, [x0]",
            "mov sp, x1",
            // The same registers of the other function.
            "ldp d14, d15, [sp, #144]",
            "ldp d12, d13, [sp, #128]",
            "ldp d10, d11, [sp, #112]",
            "ldp d8, d9, [sp, #96]",
            "ldp x27, x28, [sp, #80]",
            "ldp x25, x26, [sp, #64]",
            "ldp x23, x24, [sp, #48]",
            "ldp x21, x22, [sp, #32]",
            "ldp x19, x20, [sp, #16]",
            "ldp x29, x30, [sp], #160",
            // x0 is what a function returns: here, what was handed over.
            "mov x0, x2",
            // To where the other function called `switch`, or to `begin`.
            "ret",
        )
    }
    // ANCHOR_END: naked

    // ANCHOR: begin
    /// Lays out a new stack as if it had been left by [`switch`]: the first
    /// switch to it takes these registers, and returns to `begin`.
    ///
    /// # Safety
    /// There are 160 bytes below `top`, which is aligned to 16 bytes.
    pub unsafe fn prepare(
        top: *mut u8,
        entry: Entry,
        argument: *mut (),
    ) -> *mut u8 {
        let mut words = [0usize; 20];
        words[1] = begin as *const () as usize; // x30
        words[2] = entry as usize; // x19
        words[3] = argument as usize; // x20
        // SAFETY: the words lie below the top, as the caller promises.
        unsafe {
            let sp = top.cast::<[usize; 20]>().sub(1);
            sp.write(words);
            sp.cast()
        }
    }

    /// Where a new stack begins: nobody has called this.
    #[unsafe(naked)]
    unsafe extern "C" fn begin() {
        naked_asm!(
            // For debuggers and backtraces: there is no caller to return to.
            ".cfi_startproc",
            ".cfi_undefined x30",
            "mov x1, x0",  // what the first switch handed over
            "mov x0, x20", // the argument
            "blr x19",     // the entry, which never returns
            "brk #1",
            ".cfi_endproc",
        )
    }
    // ANCHOR_END: begin
}

/// The switch inside its caller, in two halves: `blr` goes into a coroutine,
/// and `ret` comes out of it.
pub mod inlined {
    use std::arch::{asm, naked_asm};

    /// What a coroutine does first: it is given what the first resume hands
    /// over, and its link. It must never return.
    pub type Entry = extern "C" fn(*mut (), *mut *mut u8) -> !;

    // ANCHOR: resume
    /// Goes into a coroutine. Gives what it hands over when it suspends or
    /// leaves.
    ///
    /// The link is a word that both sides know. It holds the stack pointer
    /// of whoever isn't running: the coroutine's now, the resumer's while
    /// the coroutine runs, and null when it has left for good.
    ///
    /// ```text
    /// a coroutine that isn't running      its resumer, while it runs
    ///
    ///         │ …           │                    │ …           │
    ///         ├──────┬──────┤                    ├──────┬──────┤
    /// sp + 16 │ x19  │ x29  │            sp + 16 │ x19  │ x29  │
    /// sp      │ pc   │      │            sp      │ x30  │      │
    ///         └──────┴──────┘                    └──────┴──────┘
    /// ```
    ///
    /// # Safety
    /// The link is that of a coroutine which isn't running and hasn't left.
    #[inline(always)]
    pub unsafe fn resume(link: *mut *mut u8, value: *mut ()) -> *mut () {
        let told;
        // SAFETY: the coroutine comes back to the instruction after `blr`,
        // with this stack as it was. What it may have changed is named.
        unsafe {
            asm!(
                // The compiler keeps x19 and x29 for itself, so that they
                // can't be named below.
                "stp x19, x29, [sp, #-16]!",
                // Where the coroutine goes on is the word on top of its
                // stack: at 2: in `suspend`, or at `begin`. `blr` leaves the
                // way back in x30, and in the processor's own list of
                // returns to come.
                "ldr x2, [x1]",
                "ldr x3, [x2]",
                "blr x3",
                "ldp x19, x29, [sp], #16",
                inlateout("x0") value => told,
                inlateout("x1") link => _,
                // All others may have changed. The compiler saves those
                // that it needs, and no more.
                lateout("x20") _, lateout("x21") _, lateout("x22") _,
                lateout("x23") _, lateout("x24") _, lateout("x25") _,
                lateout("x26") _, lateout("x27") _, lateout("x28") _,
                clobber_abi("C"),
            );
        }
        told
    }
    // ANCHOR_END: resume

    // ANCHOR: suspend
    /// Leaves a coroutine until it is resumed. Gives what that hands over.
    ///
    /// # Safety
    /// The link is that of the coroutine that runs.
    #[inline(always)]
    pub unsafe fn suspend(link: *mut *mut u8, value: *mut ()) -> *mut () {
        let told;
        // SAFETY: `resume` comes back to 2:, with this stack as it was. What
        // the resumer may have changed is named.
        unsafe {
            asm!(
                "stp x19, x29, [sp, #-16]!",
                "adr x3, 2f", // where to go on
                "str x3, [sp, #-16]!",
                "ldr x2, [x1]", // the resumer's stack pointer
                "mov x3, sp",   // this one
                "str x3, [x1]",
                "mov sp, x2",
                "ldr x30, [sp], #16",
                "ret", // to the resumer: after its `blr`
                // Resumed. x2 is the stack pointer as it was left; sp is the
                // resumer's, and x30 its way back.
                "2:",
                "str x30, [sp, #-16]!",
                "mov x3, sp",
                "str x3, [x1]",
                "add sp, x2, #16", // this stack, without the address
                "ldp x19, x29, [sp], #16",
                inlateout("x0") value => told,
                inlateout("x1") link => _,
                lateout("x20") _, lateout("x21") _, lateout("x22") _,
                lateout("x23") _, lateout("x24") _, lateout("x25") _,
                lateout("x26") _, lateout("x27") _, lateout("x28") _,
                clobber_abi("C"),
            );
        }
        told
    }
    // ANCHOR_END: suspend

    // ANCHOR: leave
    /// Leaves a coroutine for good: the link is null from now on.
    ///
    /// # Safety
    /// The link is that of the coroutine that runs, and nothing on its stack
    /// is to be dropped any more.
    #[inline(always)]
    pub unsafe fn leave(link: *mut *mut u8, value: *mut ()) -> ! {
        // SAFETY: the resumer's stack is as it was; nobody comes back here.
        unsafe {
            asm!(
                "ldr x2, [x1]",
                "str xzr, [x1]",
                "mov sp, x2",
                "ldr x30, [sp], #16",
                "ret",
                in("x0") value,
                in("x1") link,
                options(noreturn),
            );
        }
    }

    /// Lays out a new stack as if it had been left by [`suspend`]. Gives
    /// what the link shall hold.
    ///
    /// # Safety
    /// There are 16 bytes below `top`, which is aligned to 16 bytes.
    pub unsafe fn prepare(top: *mut u8, entry: Entry) -> *mut u8 {
        let begin = begin as *const () as usize;
        // SAFETY: the words lie below the top, as the caller promises.
        unsafe {
            let sp = top.cast::<[usize; 2]>().sub(1);
            sp.write([begin, entry as usize]);
            sp.cast()
        }
    }

    /// Where a new stack begins: `resume` has called this as it calls 2: in
    /// `suspend`. What it hands over and the link are where the entry
    /// expects its arguments, in x0 and x1.
    #[unsafe(naked)]
    unsafe extern "C" fn begin() {
        naked_asm!(
            // For debuggers and backtraces: there is no caller to return to.
            ".cfi_startproc",
            ".cfi_undefined x30",
            "str x30, [sp, #-16]!",
            "mov x3, sp",
            "str x3, [x1]",
            "ldr x3, [x2, #8]", // the entry
            "add sp, x2, #16",
            "mov x29, xzr",
            "blr x3",
            "brk #1",
            ".cfi_endproc",
        )
    }
    // ANCHOR_END: leave
}
