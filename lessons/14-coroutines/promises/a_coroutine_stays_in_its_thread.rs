//! What is on a coroutine's stack may not be Send, and nobody can see it.

use std::thread;

use lesson_coroutines::coroutine::Coroutine;

fn main() -> std::io::Result<()> {
    let mut counts = Coroutine::new(|yielder, ()| yielder.suspend(1))?;
    thread::spawn(move || counts.resume(()));
    Ok(())
}
