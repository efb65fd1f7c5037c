//! Names and addresses, and who translates them.
