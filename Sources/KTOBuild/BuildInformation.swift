/// The version of the program and its files.
package let productVersion = "0.1.0"

/// The commit it was built from, of 12 digits, with `-dirty` where files differed from it; `unknown` outside a clone.
package let buildCommit = checkedOutCommit
