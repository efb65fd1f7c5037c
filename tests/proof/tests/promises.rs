//! What a lesson's types promise: the programs in `lessons/*/promises` must
//! not compile, and for the reason that stands beside each.
//!
//! The compiler's words change from one version to the next. They are
//! compared on the toolchain that the workspace names, and the trial is
//! shown as ignored on all others:
//! `TRYBUILD=overwrite cargo test -p proof --test promises` accepts new ones.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let known = is_the_named_toolchain().unwrap_or(false);
    let trial = Trial::test("what_must_not_compile_does_not", promises);
    let trials = vec![trial.with_ignored_flag(!known)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// trybuild panics where a promise is broken, which fails the trial.
fn promises() -> Result<(), Failed> {
    let programs =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons/*/promises");
    let cases = trybuild::TestCases::new();
    cases.compile_fail(programs.join("*.rs"));
    Ok(())
}

/// Whether this compiler is the one that the root's Cargo.toml names.
fn is_the_named_toolchain() -> Option<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).ok()?;
    let manifest: toml::Table = toml::from_str(&manifest).ok()?;
    let named = manifest["workspace"]
        .get("metadata")?
        .get("workbook")?
        .get("toolchain")?
        .as_str()?;
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(version.starts_with(&format!("rustc {named}.")))
}
