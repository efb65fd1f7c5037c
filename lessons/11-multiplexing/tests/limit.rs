//! A limit of descriptors that is too low, or can be raised.

use std::process::Command;

/// The lesson's program under limits: soft and hard, by the shell's ulimit.
fn limited(binary: &'static str, limits: &str) -> Command {
    let mut command = Command::new("sh");
    let script = format!("{limits} && exec \"$0\" \"$@\"");
    command.args(["-c", &script, binary]);
    command
}

#[test]
fn a_demo_raises_the_soft_limit_by_itself() {
    let lesson = support::lesson!();

    let (told, warned) =
        lesson.run_by(|b| limited(b, "ulimit -Sn 64"), &["fd-setsize"]);

    assert_eq!(warned, "");
    assert_eq!(told, lesson.run(&["fd-setsize"]));
}

#[test]
fn a_hard_limit_that_is_too_low_is_told_with_its_name_and_a_remedy() {
    let warned = support::lesson!()
        .fails_by(|b| limited(b, "ulimit -n 512"), &["fd-setsize"]);

    assert_eq!(
        warned,
        "lesson-multiplexing: fd-setsize: 1025 descriptors are needed, and \
         RLIMIT_NOFILE is 512 (soft), 512 (hard): raise it as root, with \
         `ulimit -n 1025` in the shell, or in /etc/security/limits.conf\n"
    );
}

#[test]
fn the_demos_with_ten_thousand_descriptors_say_how_many_they_need() {
    for (demo, most) in [("scaling", 10_032), ("ten-thousand", 10_064)] {
        let warned = support::lesson!()
            .fails_by(|b| limited(b, "ulimit -n 5000"), &[demo]);

        let start = format!(
            "lesson-multiplexing: {demo}: {most} descriptors are needed, and \
             RLIMIT_NOFILE is 5000 (soft), 5000 (hard): "
        );
        assert!(warned.starts_with(&start), "{warned}");
    }
}

#[test]
fn every_other_demo_of_this_kind_is_content_with_few_descriptors() {
    let lesson = support::lesson!();
    for demo in [
        "echo",
        "events",
        "level-edge",
        "starvation",
        "duplicated",
        "herd",
        "write-queue",
    ] {
        let (_, warned) =
            lesson.run_by(|b| limited(b, "ulimit -n 48"), &[demo]);

        assert_eq!(warned, "", "{demo}");
    }
}

#[test]
fn a_worker_of_herd_without_a_listener_says_what_is_missing() {
    let warned = support::lesson!().fails_by(Command::new, &["herd-worker"]);

    assert_eq!(
        warned,
        "lesson-multiplexing: herd-worker: its stdin is no listener: `herd` \
         starts it with one\n"
    );
}
