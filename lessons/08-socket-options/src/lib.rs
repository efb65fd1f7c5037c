//! Socket options: what a socket is set to, and what that changes.
