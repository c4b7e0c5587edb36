// Package mediatype knows media types ("image/jpeg"), the names that people and systems give them ("image/jpg"), what the
// names of such files end with (".jpg", ".jpeg"), and what a file's first bytes show it to be. It is the only such table
// of the project: nothing is read from the machine, whose own list (/etc/mime.types) differs from one to the next.
//
// What a network takes (WhatsApp: no GIF as a picture) is that network's to know.
//
//	mediatype.Base("image/jpg")                       // "image/jpeg"
//	mediatype.OfName("nota.opus")                     // "audio/ogg"
//	mediatype.FileName("factura.2024 marzo", docx)    // "factura.2024 marzo.docx"
//	mediatype.Of("image/*, by its bytes", head, …)
//
// Names and endings stand in a table of our own, because a network has to be given the one name that it takes, and a
// library's are others (audio/x-m4a). First bytes are looked at by github.com/gabriel-vasile/mimetype, which knows some
// two hundred formats, among them those inside ZIP, Ogg and ISO containers. It reads nothing but the bytes it is given.
//
// All functions are pure and safe for concurrent use.
package mediatype
