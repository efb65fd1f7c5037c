//! Files below a folder: fetched, and, where it is allowed, put and deleted.
//!
//! ```text
//! /notes/a%20b.txt   "notes/a b.txt"       decoded once
//! /notes/            "notes/index.html"    or a list of what is there
//! /notes             301, to /notes/       relative links need the slash
//! /..%2fsecret       400                   and whatever else leads out
//! ```
//!
//! The folder is chapter 15's: the kernel keeps the rule that nothing leads
//! out of it, and a file that is put is whole or not there.
//!
//! A shortcut: the disk isn't waited for by yielding, so a slow one stalls
//! all clients. A server for slow disks hands such calls to threads.
//!
//! Start reading at [`Files`].

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::rc::Rc;

use lesson_coroutines::net::TcpStream;
use lesson_ftp::name::Fault;
use lesson_ftp::{Denied, Folder};
use nix::errno::Errno;
use nix::sys::stat::FileStat;

use crate::condition::{self, Part, Validators};
use crate::target::{decode, path, query};
use crate::{
    Answer, Content, Handler, Incoming, Method, Methods, Request, Response,
    listing, tunnel,
};

const READ: Methods =
    Methods::of(&[Method::Get, Method::Head, Method::Options, Method::Trace]);

// ANCHOR: files
/// Answers with the files of a folder.
pub struct Files {
    folder: Folder,
    writable: bool,
    /// The ports of this machine that CONNECT may reach.
    ports: Vec<u16>,
}

impl Files {
    /// Files to read.
    pub fn new(folder: Folder) -> Self {
        Files { folder, writable: false, ports: Vec::new() }
    }

    /// With PUT and DELETE, for everybody who can connect.
    pub fn writable(self, writable: bool) -> Self {
        Files { writable, ..self }
    }

    /// With CONNECT to these ports of this machine.
    pub fn with_tunnels(self, ports: Vec<u16>) -> Self {
        Files { ports, ..self }
    }
}

impl Handler for Files {
    fn methods(&self, request: &Request<'_, '_>) -> Methods {
        let mut allowed = READ;
        if self.writable {
            allowed = allowed.and(Method::Put).and(Method::Delete);
        }
        let server =
            matches!(request.method, "CONNECT") || request.target == "*";
        match server && !self.ports.is_empty() {
            true => allowed.and(Method::Connect),
            false => allowed,
        }
    }

    fn do_get(&self, request: &Request<'_, '_>) -> Answer {
        Ok(self.get(request).unwrap_or_else(refusal))
    }

    fn do_put(
        &self,
        request: &Request<'_, '_>,
        body: &mut Incoming<'_>,
    ) -> Answer {
        let begun = self.begin(request);
        let (mut upload, new) = match begun {
            Ok(begun) => begun,
            Err(denied) => return Ok(refusal(denied)),
        };
        while let Some(piece) = body.piece()? {
            if let Err(error) = upload.write_all(piece) {
                return Ok(refusal(Denied::System(error).into()));
            }
        }
        Ok(match upload.commit() {
            Ok(()) if new => Response::plain(201),
            Ok(()) => Response::new(204),
            Err(error) => refusal(Denied::System(error).into()),
        })
    }

    fn do_delete(&self, request: &Request<'_, '_>) -> Answer {
        let removed = self.check(request).and_then(|(name, _)| {
            self.folder.remove(&name)?;
            Ok(Response::new(204))
        });
        Ok(removed.unwrap_or_else(refusal))
    }

    fn do_connect(&self, request: &Request<'_, '_>) -> Answer {
        let Some(to) = tunnel::address(request.target, &self.ports) else {
            return Ok(Response::plain(403));
        };
        Ok(match TcpStream::connect(to) {
            Ok(stream) => Response::new(200).carrying(Content::Tunnel(stream)),
            // Nobody listens there.
            Err(_) => Response::plain(502),
        })
    }
}
// ANCHOR_END: files

/// Why there is another response than the one asked for.
enum Other {
    Denied(Denied),
    Status(u16),
}

impl From<Denied> for Other {
    fn from(denied: Denied) -> Self {
        Other::Denied(denied)
    }
}

// ANCHOR: get
impl Files {
    fn get(&self, request: &Request<'_, '_>) -> Result<Response, Other> {
        let mut name = name_of(request.target)?;
        let folder = name.is_empty() || name.ends_with('/');
        if folder {
            name.to_mut().push_str("index.html");
        }
        match self.folder.file_and_stat(&name) {
            Ok((file, stat)) => Ok(send(request, file, &stat, &name)),
            Err(Denied::Folder) if !folder => Ok(with_slash(request.target)),
            Err(Denied::Missing) if folder => {
                let above = name.rsplit_once('/').map_or("", |it| it.0);
                let entries = self.folder.entries(above)?;
                Ok(listing::of(path(request.target), entries))
            }
            Err(denied) => Err(denied.into()),
        }
    }
}

/// The name below the folder. The percent signs are decoded here and nowhere
/// else; a slash that comes out of one is no way into another folder.
///
/// No URI has a backslash in it (RFC 3986, appendix A), and browsers take it
/// for a slash. `%5C` is one in a name: Linux has no objection.
fn name_of(target: &str) -> Result<Cow<'_, str>, Other> {
    let path = path(target).strip_prefix('/').ok_or(Other::Status(400))?;
    if path.contains('\\') {
        return Err(Other::Status(400));
    }
    let name = decode(path).map_err(|_| Other::Status(400))?;
    let slashes = |text: &str| text.bytes().filter(|it| *it == b'/').count();
    match slashes(&name) == slashes(path) {
        true => Ok(name),
        false => Err(Other::Status(400)),
    }
}

/// From `/notes` the link `a.txt` leads to `/a.txt`, from `/notes/` to
/// `/notes/a.txt`.
fn with_slash(target: &str) -> Response {
    let mut location = format!("{}/", path(target));
    if let Some(query) = query(target) {
        location = format!("{location}?{query}");
    }
    Response::plain(301).with("Location", location)
}

/// A file, or a part of it, or that it is the one that the client has.
fn send(
    request: &Request<'_, '_>,
    file: File,
    stat: &FileStat,
    name: &str,
) -> Response {
    let validators = Validators::of(stat);
    // What has no size isn't a regular file.
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    let status = condition::evaluate(request, Some(&validators));
    if let Some(status) = status {
        return validators.tell(Response::new(status));
    }
    let part = condition::part(request, &validators, size);
    let (status, start, count) = match part {
        Part::Whole => (200, 0, size),
        Part::Some { start, count } => (206, start, count),
        Part::None => {
            // RFC 9110, section 15.5.17: it says how long the file is.
            let length = format!("bytes */{size}");
            return Response::plain(416).with("Content-Range", length);
        }
    };
    let content = Content::File(Rc::new(file), start, count);
    let mut response = validators
        .tell(Response::new(status).carrying(content))
        .with("Content-Type", content_type(name))
        .with("Accept-Ranges", "bytes");
    if status == 206 {
        let last = start + count - 1;
        let range = format!("bytes {start}-{last}/{size}");
        response = response.with("Content-Range", range);
    }
    response
}
// ANCHOR_END: get

// ANCHOR: put
impl Files {
    /// The name of what is to be changed, and whether it is there; but only
    /// if it is what the client thinks.
    fn check<'a>(
        &self,
        request: &Request<'a, '_>,
    ) -> Result<(Cow<'a, str>, bool), Other> {
        let name = name_of(request.target)?;
        if name.is_empty() || name.ends_with('/') {
            return Err(Denied::Folder.into());
        }
        let old = match self.folder.file_and_stat(&name) {
            Ok((_, stat)) => Some(Validators::of(&stat)),
            Err(Denied::Missing) => None,
            Err(denied) => return Err(denied.into()),
        };
        match condition::evaluate(request, old.as_ref()) {
            Some(_) => Err(Other::Status(412)),
            None => Ok((name, old.is_some())),
        }
    }

    /// Begins a file, and says whether there was none.
    fn begin(
        &self,
        request: &Request<'_, '_>,
    ) -> Result<(lesson_ftp::Upload, bool), Other> {
        // RFC 9110, section 14.5: a part would become the whole.
        if request.field("content-range").is_some() {
            return Err(Other::Status(400));
        }
        let (name, there) = self.check(request)?;
        Ok((self.folder.upload(&name)?, !there))
    }
}
// ANCHOR_END: put

// ANCHOR: refusal
/// What a client is told. Not the reason in detail: what is hidden or outside
/// isn't described.
fn refusal(other: Other) -> Response {
    let denied = match other {
        Other::Status(status) => return Response::plain(status),
        Other::Denied(denied) => denied,
    };
    Response::plain(match denied {
        Denied::Name(Fault::Hidden | Fault::TooLong(_)) => 404,
        Denied::Name(_) => 400,
        Denied::Missing | Denied::File => 404,
        Denied::Folder => 409,
        Denied::Outside | Denied::Links | Denied::Special | Denied::Link => 403,
        Denied::System(error) => of_system(&error),
    })
}

fn of_system(error: &io::Error) -> u16 {
    use io::ErrorKind::*;
    match (error.kind(), error.raw_os_error().map(Errno::from_raw)) {
        (_, Some(Errno::EMFILE | Errno::ENFILE)) => 503,
        (PermissionDenied | ReadOnlyFilesystem, _) => 403,
        (NotFound | InvalidFilename, _) => 404,
        // RFC 4918, section 11.5.
        (StorageFull | QuotaExceeded | FileTooLarge, _) => 507,
        _ => 500,
    }
}
// ANCHOR_END: refusal

/// By the name's end: RFC 9110, section 8.3.
fn content_type(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    match end {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "txt" | "md" | "rs" | "toml" => "text/plain; charset=utf-8",
        "xml" => "text/xml; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        "mp4" => "video/mp4",
        "gz" => "application/gzip",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_becomes_a_status() {
        use Errno::*;
        let status = |errno: Errno| {
            of_system(&io::Error::from_raw_os_error(errno as i32))
        };
        assert_eq!([EMFILE, ENFILE].map(status), [503; 2]);
        assert_eq!([EACCES, EPERM, EROFS].map(status), [403; 3]);
        assert_eq!([ENOENT, ENAMETOOLONG].map(status), [404, 404]);
        assert_eq!([ENOSPC, EDQUOT, EFBIG].map(status), [507; 3]);
        assert_eq!(status(EIO), 500);
    }
}
