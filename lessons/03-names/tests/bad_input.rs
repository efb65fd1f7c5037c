//! Texts that are no address, ports that don't exist, files that aren't
//! there: one line that says what to do, and an honest exit status. Names
//! that don't resolve are in wire.rs, where nobody outside is asked.

use std::process::Command;

/// What the program says of these arguments on stderr; it must fail, and
/// not by a panic.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-names"))
        .args(arguments)
        .output()
        .expect("the lesson's binary runs");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let told = String::from_utf8(output.stderr).expect("text");
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

#[test]
fn a_text_that_is_no_address_is_refused_with_the_place() {
    assert_eq!(
        refused(&["reverse", "10.0.0.300"]),
        "lesson-names: reverse 10.0.0.300: not IPv4: the number at byte 7 \
         exceeds 255; an address looks like 10.0.0.2 or fd00::2\n"
    );
    assert_eq!(
        refused(&["reverse", "1::2::3"]),
        "lesson-names: reverse 1::2::3: not IPv6: more than 1 ::, \
         from byte 4 on\n"
    );
    assert_eq!(
        refused(&["inet", "hello"]),
        "lesson-names: read \"hello\": no form of an address; names are for \
         `resolve`\n"
    );
}

#[test]
fn a_port_beyond_65535_is_refused() {
    for port in ["65536", "70000", "99999999999999999999"] {
        assert_eq!(
            refused(&["service", port]),
            format!(
                "lesson-names: service {port}: a port is a number from 0 to \
                 65535\n"
            )
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let told = refused(&["service", "https", "--file", "/no/such/file"]);

    assert_eq!(
        told,
        "lesson-names: read /no/such/file: No such file or directory \
         (ENOENT)\n"
    );
}

#[test]
fn a_service_is_looked_up_in_the_file_that_is_named() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/etc/services");
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-names"))
        .args(["service", "443", "--protocol", "udp", "--file", file])
        .output()
        .expect("the lesson's binary runs");

    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "443        443/udp   https\n"
    );
}
