//! A folder in three forms.
//!
//! ```text
//! LIST  -rw-r--r-- 1 ftp ftp           18 Nov 28 12:15 notes.txt
//! NLST  notes.txt
//! MLSD  type=file;size=18;modify=20261128121530; notes.txt
//! ```
//!
//! What LIST looks like is nowhere said, and yet programs read it: most
//! servers write what `ls -l` writes. MLSD is for programs: RFC 3659,
//! section 7.

use super::Moment;
use crate::{Entry, Kind};

/// Which facts a client wants of MLSD and MLST: RFC 3659, section 7.9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    kind: bool,
    size: bool,
    modify: bool,
}

impl Facts {
    /// All that there are.
    pub const ALL: Facts = Facts { kind: true, size: true, modify: true };

    /// Those of a list, `type;modify;`. Unknown ones are left out, as the
    /// RFC wants it.
    pub fn chosen(list: &str) -> Self {
        let has = |name: &str| {
            list.split(';').any(|it| it.eq_ignore_ascii_case(name))
        };
        Facts { kind: has("type"), size: has("size"), modify: has("modify") }
    }

    /// As in the reply to OPTS: `type;size;`.
    pub fn names(&self) -> String {
        self.each("type;", "size;", "modify;")
    }

    /// As in the reply to FEAT: an asterisk at those that will be told.
    pub fn features(&self) -> String {
        let star = |on: bool| if on { "*" } else { "" };
        format!(
            "MLST type{};size{};modify{};",
            star(self.kind),
            star(self.size),
            star(self.modify)
        )
    }

    fn each(&self, kind: &str, size: &str, modify: &str) -> String {
        let part = |on: bool, text: &str| match on {
            true => text.to_string(),
            false => String::new(),
        };
        part(self.kind, kind)
            + &part(self.size, size)
            + &part(self.modify, modify)
    }
}

// ANCHOR: forms
/// A line of LIST, as `ls -l` has it, without its end.
pub fn long(entry: &Entry, now: &Moment) -> String {
    let Entry { name, kind, size, modified } = entry;
    let (mode, links) = match kind {
        Kind::File => ("-rw-r--r--", 1),
        Kind::Folder => ("drwxr-xr-x", 2),
    };
    let when = Moment::new(*modified).as_ls(now);
    format!("{mode} {links} ftp ftp {size:12} {when} {name}")
}

/// A line of MLSD: the facts, one space, the name.
pub fn facts(entry: &Entry, wanted: &Facts) -> String {
    let Entry { name, kind, size, modified } = entry;
    let size = match kind {
        Kind::File => format!("size={size};"),
        Kind::Folder => String::new(),
    };
    let kind = match kind {
        Kind::File => "type=file;",
        Kind::Folder => "type=dir;",
    };
    let modify = format!("modify={};", Moment::new(*modified).exact());
    wanted.each(kind, &size, &modify) + " " + name
}
// ANCHOR_END: forms

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, kind: Kind, size: u64) -> Entry {
        Entry { name: name.into(), kind, size, modified: 1_795_867_200 }
    }

    #[test]
    fn a_line_of_list_is_one_of_ls() {
        let now = Moment::new(1_795_867_260);
        let file = long(&entry("two words", Kind::File, 18), &now);
        let folder = long(&entry("music", Kind::Folder, 0), &now);

        let due = "-rw-r--r-- 1 ftp ftp           18 Nov 28 12:00 two words";
        assert_eq!(file, due);
        let due = "drwxr-xr-x 2 ftp ftp            0 Nov 28 12:00 music";
        assert_eq!(folder, due);
    }

    #[test]
    fn facts_are_those_that_the_client_wants() {
        let file = entry("a b", Kind::File, 18);
        let some = Facts::chosen("Size;TYPE;unix.mode;");

        let due = "type=file;size=18;modify=20261128120000; a b";
        assert_eq!(facts(&file, &Facts::ALL), due);
        assert_eq!(facts(&file, &some), "type=file;size=18; a b");
        assert_eq!(some.features(), "MLST type*;size*;modify;");
        assert_eq!(some.names(), "type;size;");
    }

    #[test]
    fn a_folder_has_no_size() {
        let folder = entry("music", Kind::Folder, 0);

        let line = facts(&folder, &Facts::ALL);

        assert_eq!(line, "type=dir;modify=20261128120000; music");
    }
}
