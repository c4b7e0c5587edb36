// Package letter reads and writes what stands in a mail: header fields (RFC 5322), words in other alphabets (RFC 2047), parts as they
// are encoded (RFC 2045), HTML as text, and history that an answer quotes. All of it is pure, takes anything, and has bounds.
package letter
