//! A coroutine may live longer than the function that has made it.

use lesson_coroutines::coroutine::Coroutine;

fn counts() -> std::io::Result<Coroutine<(), usize, ()>> {
    let words = vec!["one", "two"];
    Coroutine::new(|yielder, ()| yielder.suspend(words.len()))
}

fn main() -> std::io::Result<()> {
    counts()?.resume(());
    Ok(())
}
