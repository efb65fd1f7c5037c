//! The tool `option` as a reader runs it, and what may be asked of it.

use std::process::{Command, Output};

fn option(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lesson-socket-options"))
        .arg("option")
        .args(arguments)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn an_option_is_read_set_and_read_again() {
    let output = option(&["TCP_NODELAY", "1"]);

    assert_eq!(told(&output), "");
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "IPPROTO_TCP TCP_NODELAY\n\
         at first   0\n\
         set to     1\n\
         reads      1\n"
    );
}

#[test]
fn an_option_may_only_be_read() {
    let output = option(&["TCP_KEEPIDLE"]);

    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn an_unknown_option_gets_the_names_of_the_known() {
    let output = option(&["SO_NONSENSE"]);

    assert!(told(&output).contains("unknown; known are SO_REUSEADDR, "));
    assert_eq!(told(&output).lines().count(), 1);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_the_kernel_refuses_is_named() {
    let output = option(&["IP_TTL", "256"]);

    assert_eq!(
        told(&output),
        "lesson-socket-options: set IP_TTL to 256: Invalid argument (EINVAL)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn text_that_is_no_value_is_named() {
    for bad in ["", "x", "-1", "1.5", "4294967296"] {
        let output = option(&["SO_RCVBUF", bad]);

        assert!(
            told(&output).contains(&format!("'{bad}' is no value of it")),
            "{}",
            told(&output)
        );
        assert_eq!(output.status.code(), Some(1));
    }
}
