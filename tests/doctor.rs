//! `cargo workbook doctor` tells of the lab and of io_uring what they find
//! out themselves.

use std::process::ExitCode;

use support::ring::{self, RING};
use support::wire::forbid;

fn main() -> ExitCode {
    ring::forbid_if_asked();
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
        .claim_if(RING.missing, "the_doctor_makes_a_ring", |workbook| {
            let told = workbook.run(&["doctor"]);

            assert!(told.contains("✓ io_uring     a submission"), "{told}");
        })
        .claim_if(RING.missing, "the_doctor_says_who_refuses", |workbook| {
            let why = "a container or a sandbox forbids it";
            for (forbid, errno) in [
                (ring::forbid as fn(&str) -> _, "EPERM"),
                (ring::pretend_there_is_none, "ENOSYS"),
            ] {
                let (told, _) = workbook.run_by(forbid, &["doctor"]);
                for part in [
                    "✗ io_uring     io_uring_setup: ",
                    &format!("({errno}): {why}"),
                    "show a recorded run",
                    "to allow it: run it outside; or, with Docker, ",
                ] {
                    assert!(told.contains(part), "{part} is not in: {told}");
                }
            }
        })
        .run()
}
