//! Rejected by: an_encoded_slash_is_refused
//!
//! Decodes the whole path, and splits what comes of it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The path that `target` names, relative to the folder that is served.
pub fn static_path(target: &str) -> Result<PathBuf, u16> {
    let path = path_of(target)?;
    if path.contains('\\') {
        return Err(400);
    }
    let mut parts = Vec::new();
    for part in decoded(path)?.split(|byte| *byte == b'/') {
        parts.push(part.to_vec());
    }
    if let Some(last) = parts.last_mut().filter(|last| last.is_empty()) {
        *last = b"index.html".to_vec();
    }
    if parts.iter().any(|part| leads_astray(part)) {
        return Err(400);
    }
    if parts.iter().any(|part| part[0] == b'.' || part.len() > 255) {
        return Err(404);
    }
    Ok(parts.into_iter().map(OsString::from_vec).collect())
}

/// What stands between the first slash and the query.
fn path_of(target: &str) -> Result<&str, u16> {
    if target.contains('#') {
        return Err(400);
    }
    let target = target.split('?').next().unwrap_or(target);
    if let Some(path) = target.strip_prefix('/') {
        return Ok(path);
    }
    // RFC 9112, section 3.2.2: "A server MUST accept the absolute-form".
    let (scheme, rest) = target.split_once("://").ok_or(400u16)?;
    let known = ["http", "https"];
    if !known.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return Err(400);
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() { Err(400) } else { Ok(path) }
}

/// RFC 3986, section 2.4: "Implementations must not percent-encode or decode
/// the same string more than once".
fn decoded(part: &str) -> Result<Vec<u8>, u16> {
    let mut bytes = part.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let high = bytes.next().and_then(digit).ok_or(400u16)?;
        let low = bytes.next().and_then(digit).ok_or(400u16)?;
        decoded.push(high * 16 + low);
    }
    Ok(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    let digit = (byte as char).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// Whether a part would mean something else than a name.
fn leads_astray(part: &[u8]) -> bool {
    let bad = |byte: &u8| *byte == b'/' || byte.is_ascii_control();
    matches!(part, b"" | b"." | b"..") || part.iter().any(bad)
}
