//! The tool, and what a reader may type: programs of their own.

use std::fs::File;
use std::process::Command;

use support::tool::{run, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-nonblocking");

#[test]
fn the_waiter_ends_with_its_stdin() {
    let output = run(LESSON, &["waiter"], b"");

    assert!(output.status.success());
    assert_eq!(output.stdout, b"waits\nstdin has ended\n");
}

#[test]
fn a_waiter_that_can_not_wait_says_what_it_needs() {
    // epoll_ctl(2), EPERM: a plain file is always ready.
    let file = File::open(env!("CARGO_MANIFEST_PATH")).unwrap();

    let output =
        Command::new(LESSON).arg("waiter").stdin(file).output().unwrap();

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        told(&output),
        "lesson-nonblocking: waiter: watch stdin, which must be a pipe or a \
         terminal: Operation not permitted (EPERM)\n"
    );
}

#[test]
fn a_demo_that_does_not_exist_is_refused() {
    let output = run(LESSON, &["deadlines"], b"");

    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("'deadline'"), "{}", told(&output));
}
