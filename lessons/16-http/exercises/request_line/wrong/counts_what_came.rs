//! Rejected by: what_follows_the_line_is_left
//!
//! Answers with the number of bytes that it was given, and the caller drops
//! what follows the line.

/// No method that this server knows is as long as that.
pub const LONGEST_METHOD: usize = 16;

/// The versions that this server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1, and whatever comes after it under the same first digit.
    Http11,
}

/// A request line in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLine<'a> {
    /// What to do: `GET`.
    pub method: &'a str,
    /// With what: `/index.html`.
    pub target: &'a str,
    /// The version that the client speaks.
    pub version: Version,
}

/// Takes the request line off the front of `bytes`: the line, and how many
/// bytes it took. `longest` bounds the target.
pub fn request_line(
    bytes: &[u8],
    longest: usize,
) -> Result<Option<(RequestLine<'_>, usize)>, u16> {
    // RFC 9112, section 2.2: "SHOULD ignore at least one empty line (CRLF)
    // received prior to the request-line".
    let start = match bytes {
        [b'\r'] => return Ok(None),
        [b'\r', b'\n', ..] => 2,
        _ => 0,
    };
    let rest = &bytes[start..];
    let Some((method, rest)) = word(rest, in_token, LONGEST_METHOD, 501)?
    else {
        return Ok(None);
    };
    let Some((target, rest)) = word(rest, in_target, longest, 414)? else {
        return Ok(None);
    };
    if !fits(method, target) {
        return Err(400);
    }
    let Some(version) = version(rest)? else {
        return Ok(None);
    };
    let length = bytes.len();
    Ok(Some((RequestLine { method, target, version }, length)))
}

/// A word and what lies behind the space that ends it.
fn word(
    bytes: &[u8],
    belongs: fn(u8) -> bool,
    longest: usize,
    too_long: u16,
) -> Result<Option<(&str, &[u8])>, u16> {
    let length = bytes.iter().take_while(|byte| belongs(**byte)).count();
    if length > longest {
        return Err(too_long);
    }
    match bytes.get(length) {
        None => Ok(None),
        Some(b' ') if length > 0 => {
            let word = std::str::from_utf8(&bytes[..length]);
            Ok(Some((word.map_err(|_| 400u16)?, &bytes[length + 1..])))
        }
        Some(_) => Err(400),
    }
}

/// RFC 9110, section 5.6.2: what a token is made of.
fn in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn in_target(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'#'
}

/// Whether the target has a form that its method allows: RFC 9112, section
/// 3.2.
fn fits(method: &str, target: &str) -> bool {
    if method == "CONNECT" {
        let Some((host, port)) = target.rsplit_once(':') else {
            return false;
        };
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        return is_host(host) && digits && (1..=5).contains(&port.len());
    }
    target.starts_with('/')
        || (method == "OPTIONS" && target == "*")
        || is_absolute(target)
}

fn is_absolute(target: &str) -> bool {
    let Some((scheme, rest)) = target.split_once("://") else {
        return false;
    };
    let known = ["http", "https"];
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    known.iter().any(|known| known.eq_ignore_ascii_case(scheme))
        && is_host(&rest[..end])
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '?', '@'])
}

/// How a version and the end of the line look; a 0 stands for any digit.
const VERSION: &[u8; 10] = b"HTTP/0.0\r\n";

fn version(bytes: &[u8]) -> Result<Option<Version>, u16> {
    let fits = |(byte, due): (&u8, &u8)| match due {
        b'0' => byte.is_ascii_digit(),
        due => byte == due,
    };
    if !bytes.iter().zip(VERSION).all(fits) {
        return Err(400);
    }
    if bytes.len() < VERSION.len() {
        return Ok(None);
    }
    match (bytes[5], bytes[7]) {
        (b'1', b'0') => Ok(Some(Version::Http10)),
        (b'1', _) => Ok(Some(Version::Http11)),
        _ => Err(505),
    }
}
