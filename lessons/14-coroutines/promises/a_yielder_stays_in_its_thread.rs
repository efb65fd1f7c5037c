//! Only the coroutine itself may suspend itself, on its own stack.

use std::thread;

use lesson_coroutines::coroutine::Coroutine;

fn main() -> std::io::Result<()> {
    Coroutine::new(|yielder, ()| {
        thread::scope(|scope| {
            scope.spawn(|| yielder.suspend(1));
        });
    })?;
    Ok(())
}
