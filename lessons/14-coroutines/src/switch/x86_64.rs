//! The switch on x86-64.

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
    ///            │ …           │  the function that called `switch`
    ///            ├─────────────┤
    ///    sp + 48 │ rip         │  where it goes on: `call` put it there
    ///            ├─────────────┤
    ///    sp + 40 │ rbp         │
    ///    sp + 32 │ rbx         │
    ///    sp + 24 │ r12         │
    ///    sp + 16 │ r13         │
    ///    sp +  8 │ r14         │
    ///    sp      │ r15         │
    ///            └─────────────┘
    /// ```
    ///
    /// # Safety
    /// `to` is what [`prepare`] gave or what a switch saved, of a stack that
    /// isn't running, and each is used once.
    #[unsafe(naked)]
    pub unsafe extern "C" fn switch(
        save: *mut *mut u8, // rdi: where this stack pointer is kept
        to: *mut u8,        // rsi: the other one
        value: *mut (),     // rdx: what is handed over
    ) -> *mut () {
        naked_asm!(
            // The six registers that survive a call, by the System V ABI.
            // rip is on the stack already: `call` has pushed it.
            "push rbp",
            "push rbx",
            "push r12",
            "push r13",
            "push r14",
            "push r15",
            // The switch itself. The next pop is from the other stack.
            "mov [rdi], rsp",
            "mov rsp, rsi",
            // The same registers of the other function, in turn.
            "pop r15",
            "pop r14",
            "pop r13",
            "pop r12",
            "pop rbx",
            "pop rbp",
            // rax is what a function returns: here, what was handed over.
            "mov rax, rdx",
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
    /// There are 64 bytes below `top`, which is aligned to 16 bytes.
    pub unsafe fn prepare(
        top: *mut u8,
        entry: Entry,
        argument: *mut (),
    ) -> *mut u8 {
        let (zero, begin) = (0usize, begin as *const () as usize);
        let (rbx, r12) = (entry as usize, argument as usize);
        // r15, r14, r13, r12, rbx, rbp, rip, and one so that rsp is a
        // multiple of 16 again: `begin` makes a call.
        let words = [zero, zero, zero, r12, rbx, zero, begin, zero];
        // SAFETY: the words lie below the top, as the caller promises.
        unsafe {
            let sp = top.cast::<[usize; 8]>().sub(1);
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
            ".cfi_undefined rip",
            "add rsp, 8",
            "mov rdi, r12", // the argument
            "mov rsi, rax", // what the first switch handed over
            "call rbx",     // the entry, which never returns
            "ud2",
            ".cfi_endproc",
        )
    }
    // ANCHOR_END: begin
}

/// The switch inside its caller, in two halves: `call` goes into a
/// coroutine, and `ret` comes out of it.
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
    /// a coroutine that isn't running     its resumer, while it runs
    ///
    ///          │ …        │                       │ …        │
    ///          ├──────────┤                       ├──────────┤
    ///  sp + 16 │ rbp      │               sp + 16 │ rbp      │
    ///  sp +  8 │ rbx      │               sp +  8 │ rbx      │
    ///  sp      │ rip      │               sp      │ rip      │ by `call`
    ///          └──────────┘                       └──────────┘
    /// ```
    ///
    /// # Safety
    /// The link is that of a coroutine which isn't running and hasn't left.
    #[inline(always)]
    pub unsafe fn resume(link: *mut *mut u8, value: *mut ()) -> *mut () {
        let told;
        // SAFETY: the coroutine comes back to the instruction after `call`,
        // with this stack as it was. What it may have changed is named.
        unsafe {
            asm!(
                // The compiler keeps rbp and rbx for itself, so that they
                // can't be named below.
                "push rbp",
                "push rbx",
                // Where the coroutine goes on is the word on top of its
                // stack: at 2: in `suspend`, or at `begin`. `call` leaves
                // the way back on this stack, and in the processor's own
                // list of returns to come.
                "mov rax, [rsi]",
                "call [rax]",
                // `ret` in `suspend` or `leave` was predicted from that list.
                "pop rbx",
                "pop rbp",
                inlateout("rdi") value => told,
                inlateout("rsi") link => _,
                // All others may have changed. The compiler saves those
                // that it needs, and no more: this is why it is fast.
                lateout("r12") _, lateout("r13") _,
                lateout("r14") _, lateout("r15") _,
                clobber_abi("sysv64"),
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
                "push rbp",
                "push rbx",
                "lea rax, [rip + 2f]", // where to go on
                "push rax",
                "mov rax, [rsi]", // the resumer's stack pointer
                "mov [rsi], rsp", // this one
                "mov rsp, rax",
                "ret", // to the resumer: after its `call`
                // Resumed. rax is the stack pointer as it was left; rsp is
                // the resumer's, with its way back on top.
                "2:",
                "mov [rsi], rsp",
                "lea rsp, [rax + 8]", // this stack, without the address
                "pop rbx",
                "pop rbp",
                inlateout("rdi") value => told,
                inlateout("rsi") link => _,
                lateout("r12") _, lateout("r13") _,
                lateout("r14") _, lateout("r15") _,
                clobber_abi("sysv64"),
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
                "mov rsp, [rsi]",
                "mov qword ptr [rsi], 0",
                "ret",
                in("rdi") value,
                in("rsi") link,
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
    /// expects its arguments, in rdi and rsi.
    #[unsafe(naked)]
    unsafe extern "C" fn begin() {
        naked_asm!(
            // For debuggers and backtraces: there is no caller to return to.
            ".cfi_startproc",
            ".cfi_undefined rip",
            "mov [rsi], rsp",
            "lea rsp, [rax + 8]",
            "pop rax", // the entry; rsp is a multiple of 16 again
            "xor ebp, ebp",
            "call rax",
            "ud2",
            ".cfi_endproc",
        )
    }
    // ANCHOR_END: leave
}
