//! `cargo workbook doctor` tells of the lab what the lab itself finds out.

use std::process::ExitCode;

use support::wire::forbid;

fn main() -> ExitCode {
    support::wire!()
        .claim("the_doctor_finds_the_lab", |workbook| {
            let told = workbook.run(&["doctor"]);

            let line = "✓ namespaces   hosts and a wire of their own";
            assert!(told.contains(line), "{told}");
        })
        .claim("the_doctor_says_why_there_is_no_lab", |workbook| {
            let (told, _) = workbook.run_by(forbid, &["doctor"]);

            for part in [
                "✗ namespaces   make a user namespace: ",
                "(ENOSPC)",
                "show a recorded run",
                "to allow it: sudo sysctl -w user.max_user_namespaces=",
            ] {
                assert!(told.contains(part), "{part} is not in: {told}");
            }
        })
        .run()
}
