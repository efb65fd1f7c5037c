//! What a checks.rs claims: the names of its checks.

/// The names of the checks, in the order of the file: from what a reader
/// first gets right to what comes last.
///
/// A check is a line `#[test]` and, on the next line, `fn NAME() {`.
pub fn claims(checks: &str) -> Vec<String> {
    let lines = checks.lines().map(str::trim);
    lines
        .clone()
        .zip(lines.skip(1))
        .filter(|(mark, _)| *mark == "#[test]")
        .filter_map(|(_, line)| line.strip_prefix("fn ")?.split_once('('))
        .map(|(name, _)| name.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_come_in_the_order_of_the_file() {
        let checks = "use x;\n\n#[test]\nfn b() {\n}\n\nfn help() {}\n\n\
                      #[test]\nfn a() {\n}\n";

        assert_eq!(claims(checks), ["b", "a"]);
    }
}
