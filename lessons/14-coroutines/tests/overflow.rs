//! Which overflows are told, and that those of threads still are.

use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::thread;

use lesson_coroutines::{overflow, scheduler};

fn recurse(level: u64) -> u64 {
    let room = black_box([level; 32]);
    if room[0] == u64::MAX { 0 } else { recurse(level + 1) + room[31] }
}

/// Runs one of the tests below, which end their process.
fn dies(test: &str) -> (String, Option<i32>) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (told, output.status.signal())
}

#[test]
fn a_coroutine_is_named_in_any_thread() {
    let (told, signal) = dies("of_a_coroutine");

    let due = "coroutine greedy: its stack of 256 KiB is full. Give it a \
               larger one, or recurse less.\n";
    assert!(told.ends_with(due), "{told}");
    assert_eq!(signal, Some(6));
}

#[test]
fn a_thread_is_still_named_by_the_standard_library() {
    let (told, signal) = dies("of_a_thread");

    assert!(told.contains("has overflowed its stack"), "{told}");
    assert_eq!(signal, Some(6));
}

#[test]
fn another_fault_is_what_it_was() {
    let (told, signal) = dies("of_nobody");

    assert!(!told.contains("coroutine"), "{told}");
    assert_eq!(signal, Some(11));
}

#[test]
#[ignore = "ends its process"]
fn of_a_coroutine() {
    let thread = thread::spawn(|| {
        overflow::install().unwrap();
        scheduler::run(|| {
            let greedy = scheduler::Builder::new().name("greedy");
            greedy.spawn(|| recurse(0)).unwrap().join()
        })
    });
    let _ = thread.join();
}

#[test]
#[ignore = "ends its process"]
fn of_a_thread() {
    overflow::install().unwrap();
    let _ = thread::spawn(|| recurse(0)).join();
}

#[test]
#[ignore = "ends its process"]
#[allow(unsafe_code)]
fn of_nobody() {
    overflow::install().unwrap();
    let nowhere: *const u8 = black_box(64 as *const u8);
    // SAFETY: none: this is the fault that is to happen.
    black_box(unsafe { nowhere.read_volatile() });
}
