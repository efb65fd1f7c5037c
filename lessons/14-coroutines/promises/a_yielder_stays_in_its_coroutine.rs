//! A yielder lies on its coroutine's stack, and is gone with it.

use lesson_coroutines::coroutine::{Coroutine, Yielder};

fn main() -> std::io::Result<()> {
    let mut kept: Option<&Yielder<(), u32>> = None;
    let mut counts = Coroutine::new(|yielder, ()| kept = Some(yielder))?;
    counts.resume(());
    kept.map(|yielder| yielder.suspend(1));
    Ok(())
}
