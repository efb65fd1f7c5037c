//! What `static_path` must withstand.

use std::os::unix::ffi::OsStrExt;

use support::check::{Broken, Log, Show, Told, check};

use super::exercise::*;

/// What one call answers, in words. A path is shown byte by byte as it is,
/// for two paths that `Path` takes for equal may not look the same.
fn find(target: &str) -> Told {
    Told(match static_path(target) {
        Ok(path) => path.as_os_str().as_bytes().show(),
        Err(status) => format!("refused: {status}"),
    })
}

/// Claims that each of these targets names its path.
fn all_found<const N: usize>(
    log: &Log,
    targets: [(&str, &[u8]); N],
) -> Result<(), Broken> {
    for (target, path) in targets {
        log.afresh().note("target", target.escape_debug().to_string(), "");
        log.expect(Told(path.show()), find(target))?;
    }
    Ok(())
}

/// Claims that each of these targets is refused.
fn all_refused<const N: usize>(
    log: &Log,
    status: u16,
    targets: [&str; N],
) -> Result<(), Broken> {
    for target in targets {
        log.afresh().note("target", target.escape_debug().to_string(), "");
        log.expect(Told(format!("refused: {status}")), find(target))?;
    }
    Ok(())
}

#[test]
fn a_path_is_relative_to_the_folder() {
    check("16", "Files, ranges and conditions")
        .because(
            "The target begins with a slash, the path must not: joined to \
             the folder, an absolute path takes the folder's place.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/a.html", b"a.html"),
                    ("/a/b/c.css", b"a/b/c.css"),
                    ("/a/b..c/d.", b"a/b..c/d."),
                    ("/~a:b@c;d=e,f!$&'()*", b"~a:b@c;d=e,f!$&'()*"),
                ],
            )
        });
}

#[test]
fn a_folder_is_asked_for_its_index() {
    check("16", "Files, ranges and conditions")
        .because(
            "A path that ends in a slash names a folder, and its file is \
             called index.html here. The root is a folder too.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/", b"index.html"),
                    ("/a/", b"a/index.html"),
                    ("/a/b/", b"a/b/index.html"),
                ],
            )
        });
}

#[test]
fn the_query_is_cut_off() {
    check("16", "Files, ranges and conditions")
        .because(
            "The query begins at the first ? and may hold anything: \
             slashes, dots, percent signs, more question marks. None of it \
             is part of the path, and nobody decodes it here.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/a.html?b=c", b"a.html"),
                    ("/a?", b"a"),
                    ("/?a", b"index.html"),
                    ("/a/?b", b"a/index.html"),
                    ("/a?b?c", b"a"),
                    ("/a?/../../etc/passwd", b"a"),
                    ("/a?%zz%00", b"a"),
                    ("/a?b\\c", b"a"),
                ],
            )
        });
}

#[test]
fn a_part_is_decoded() {
    check("16", "Files, ranges and conditions")
        .because(
            "% and two hexadecimal digits, of either case, are a byte (RFC \
             3986, section 2.1). + is a space in forms, and a plus in a \
             path.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/a%20b", b"a b"),
                    ("/%41%2B+%2b", b"A+++"),
                    ("/caf%C3%A9/%c3%a9", "café/é".as_bytes()),
                    ("/a%2ehtml", b"a.html"),
                    ("/100%25", b"100%"),
                ],
            )
        });
}

#[test]
fn encoded_signs_cut_nothing() {
    check("16", "Files, ranges and conditions")
        .because(
            "An encoded ? or # is part of a name: the cuts are made before \
             anything is decoded. A file may be called what?.txt.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/what%3f.txt", b"what?.txt"),
                    ("/c%23?a", b"c#"),
                    ("/%3f/%23/", b"?/#/index.html"),
                ],
            )
        });
}

#[test]
fn nothing_is_decoded_twice() {
    check("16", "Nothing outside the folder")
        .because(
            "%25 is a percent sign, and what follows it is no code any \
             more. \"Implementations must not percent-encode or decode the \
             same string more than once\" (RFC 3986, section 2.4).",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/%2541", b"%41"),
                    ("/%252e%252e/a", b"%2e%2e/a"),
                    ("/%252fetc", b"%2fetc"),
                    ("/a%2500", b"a%00"),
                    ("/%25252e", b"%252e"),
                ],
            )
        });
}

#[test]
fn a_name_need_not_be_text() {
    check("16", "Files, ranges and conditions")
        .because(
            "A name on Linux is bytes. One that isn't UTF-8 can be asked \
             for, and whoever puts a replacement character into it asks for \
             another.",
        )
        .run(|log| all_found(log, [("/%ff%fe/a", b"\xff\xfe/a")]));
}

#[test]
fn a_percent_sign_needs_two_digits() {
    check("16", "Nothing outside the folder")
        .because(
            "A % that no two hexadecimal digits follow stands for nothing. \
             A decoder that lets it pass, and another that doesn't, see two \
             different names.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "/%", "/a%2", "/%zz", "/%2g", "/%+1", "/%%41", "/%2/a",
                    "/% 1",
                ],
            )
        });
}

#[test]
fn dots_do_not_leave_the_folder() {
    check("16", "Nothing outside the folder")
        .because(
            ".. is the folder above. Clients resolve it before they send \
             (RFC 3986, section 5.2.4); who sends it wants out. \".\" is \
             no name either.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "/..",
                    "/../etc/passwd",
                    "/a/../../etc/passwd",
                    "/a/..",
                    "/a/../b",
                    "/./a",
                    "/a/.",
                    "/a/./b",
                    "/../",
                    "/..?a",
                ],
            )
        });
}

#[test]
fn encoded_dots_do_not_either() {
    check("16", "Nothing outside the folder")
        .because(
            "%2e is a dot. Look at the part after it was decoded, as it \
             will be used.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "/%2e%2e/etc/passwd",
                    "/%2E%2E",
                    "/.%2e/a",
                    "/%2e./a",
                    "/a/%2e%2e/%2e%2e/b",
                    "/%2e/a",
                ],
            )
        });
}

#[test]
fn an_encoded_slash_is_refused() {
    check("16", "Nothing outside the folder")
        .because(
            "No name has a slash in it. %2f makes one after the path was \
             split, and then ..%2f..%2fetc is one part that isn't \"..\".",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "/..%2f..%2fetc%2fpasswd",
                    "/a%2Fb",
                    "/%2fetc/passwd",
                    "/%2e%2e%2f",
                    "/a%2f",
                ],
            )
        });
}

#[test]
fn a_backslash_is_refused() {
    check("16", "Nothing outside the folder")
        .because(
            "No URI has one, so whoever sends it isn't a browser: those make a \
             slash of it. Of two readings of one path neither is right.",
        )
        .run(|log| {
            all_refused(log, 400, ["/..\\..\\etc", "/a\\b", "/\\", "/a\\?b"])
        });
}

#[test]
fn an_encoded_backslash_is_part_of_a_name() {
    check("16", "Nothing outside the folder")
        .because(
            "%5C is one byte, and to Linux a letter like any other: there \
             may be such a file. Where a folder is served from Windows it is \
             a slash, and this rule another.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("/a%5cb", b"a\\b"),
                    ("/%5C", b"\\"),
                    ("/a/b%5C..%5Cc", b"a/b\\..\\c"),
                ],
            )
        });
}

#[test]
fn control_characters_are_refused() {
    check("16", "Nothing outside the folder")
        .because(
            "For the kernel a path ends at NUL: a.php%00.html is opened as \
             a.php. A line end splits a log or a listing in two.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "/a%00",
                    "/%00",
                    "/a.php%00.html",
                    "/a%0d%0ab",
                    "/%7f",
                    "/%1b",
                ],
            )
        });
}

#[test]
fn empty_parts_are_refused() {
    check("16", "Nothing outside the folder")
        .because(
            "//etc/passwd is an absolute path once its first slash is gone. \
             Two names for one file (a//b and a/b) are no help to anybody \
             either. Only the last part may be empty.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                ["//etc/passwd", "/a//b", "//", "/a//", "///", "//?a"],
            )
        });
}

#[test]
fn the_absolute_form_is_accepted() {
    check("16", "A request, byte by byte")
        .because(
            "\"A server MUST accept the absolute-form in requests\" (RFC \
             9112, section 3.2.2). Behind the host begins the path, and \
             without one it is /.",
        )
        .run(|log| {
            all_found(
                log,
                [
                    ("http://a.org/b/c", b"b/c"),
                    ("HTTP://a.org:80/b?c", b"b"),
                    ("https://a.org", b"index.html"),
                    ("http://a.org/", b"index.html"),
                    ("http://a.org?b/c", b"index.html"),
                    ("http://[::1]:8080/a%20b", b"a b"),
                ],
            )
        });
}

#[test]
fn the_absolute_form_obeys_the_same_rules() {
    check("16", "Nothing outside the folder")
        .because(
            "What is found behind the host is a path like any other. It \
             doesn't begin inside the host, and not in another scheme.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "http://a.org/../b",
                    "http://a.org//etc/passwd",
                    "http://a.org/%2e%2e/b",
                    "http:///etc/passwd",
                    "http://",
                    "http://?a",
                    "http:/etc/passwd",
                    "file:///etc/passwd",
                    "ftp://a.org/b",
                    "://a.org/b",
                ],
            )
        });
}

#[test]
fn other_forms_are_refused() {
    check("16", "A request, byte by byte")
        .because(
            "A relative path isn't a target: it would be taken from \
             wherever the server was started. * is for OPTIONS, and a # is \
             never sent.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    "",
                    "*",
                    "a.html",
                    "../a",
                    "?a",
                    "a.org:443",
                    "/a#b",
                    "/a?b#c",
                ],
            )
        });
}

#[test]
fn hidden_names_are_not_found() {
    check("16", "Nothing outside the folder")
        .because(
            ".git, .env and .htpasswd are in many folders that are served, \
             and meant for nobody. 404 doesn't tell whether they are there.",
        )
        .run(|log| {
            all_refused(
                log,
                404,
                ["/.git/config", "/a/.env", "/%2egit", "/...", "/.a/b", "/..a"],
            )
        });
}

#[test]
fn a_name_too_long_is_not_found() {
    check("16", "Nothing outside the folder")
        .because(
            "255 bytes are the longest name (NAME_MAX): what is longer \
             can't be there. It is the decoded name that counts, and each \
             name by itself.",
        )
        .run(|log| {
            let name = "a".repeat(255);
            let encoded = "%61".repeat(255);
            let path = format!("{name}/{name}");
            all_found(
                log,
                [
                    (&format!("/{path}"), path.as_bytes()),
                    (&format!("/{encoded}"), name.as_bytes()),
                ],
            )?;
            let long = format!("/{name}a");
            let encoded = format!("/b/{encoded}%61");
            all_refused(log, 404, [&long, &encoded])
        });
}

#[test]
fn a_bad_request_comes_before_not_found() {
    check("16", "Nothing outside the folder")
        .because(
            "Whether a file is there is asked only of a path that makes \
             sense. All its parts are looked at.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                ["/.git/../a", "/.a/%zz", "/.a//b", "/.a/b%00", "/.a/..%2f"],
            )
        });
}
