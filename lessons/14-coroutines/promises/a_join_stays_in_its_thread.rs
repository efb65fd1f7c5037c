//! A coroutine's end is told without locks, in its own thread.

use std::thread;

use lesson_coroutines::scheduler::{run, spawn};

fn main() -> std::io::Result<()> {
    run(|| {
        let one = spawn(|| 1)?;
        thread::spawn(move || one.join().is_ok());
        Ok(())
    })?
}
