package mediatype

import "strings"

// known is a type by the name that it has here.
type known struct {
	name string
	// endings of file names, the first of which a file without one is given.
	endings string
	// others are further names of the same.
	others string
}

// table is what people send. Names follow https://www.iana.org/assignments/media-types where a type is registered there.
var table = []known{
	{"image/jpeg", ".jpg .jpeg .jpe .jfif", "image/jpg image/pjpeg image/x-jpeg image/x-jpg"},
	{"image/png", ".png", "image/x-png"},
	{"image/gif", ".gif", "image/x-gif"},
	{"image/webp", ".webp", "image/x-webp"},
	{"image/heic", ".heic", "image/x-heic image/heic-sequence"},
	{"image/heif", ".heif", "image/x-heif image/heif-sequence"},
	{"image/avif", ".avif", "image/avif-sequence"},
	{"image/bmp", ".bmp", "image/x-bmp image/x-ms-bmp"},
	{"image/tiff", ".tif .tiff", "image/tif image/x-tiff"},
	{"image/svg+xml", ".svg", "image/svg"},
	{"image/vnd.microsoft.icon", ".ico", "image/x-icon image/ico"},

	{"video/mp4", ".mp4 .m4v", "video/x-m4v video/mpeg4 video/x-mp4"},
	{"video/3gpp", ".3gp .3gpp", "video/3gp video/x-3gpp"},
	{"video/3gpp2", ".3g2", "video/3g2"},
	{"video/quicktime", ".mov .qt", "video/mov video/x-quicktime"},
	{"video/webm", ".webm", ""},
	{"video/x-msvideo", ".avi", "video/avi video/msvideo"},
	{"video/matroska", ".mkv", "video/x-matroska"},
	{"video/mpeg", ".mpeg .mpg", "video/mpg"},
	{"video/x-ms-wmv", ".wmv", ""},
	{"video/ogg", ".ogv", ""},

	{"audio/ogg", ".ogg .oga .opus", "audio/opus audio/x-ogg audio/x-opus+ogg audio/vorbis application/ogg application/x-ogg"},
	{"audio/mpeg", ".mp3", "audio/mp3 audio/x-mp3 audio/x-mpeg audio/mpeg3 audio/x-mpeg-3 audio/mpg"},
	{"audio/mp4", ".m4a", "audio/x-m4a audio/m4a audio/x-mp4 audio/x-mp4a audio/mp4a-latm"},
	{"audio/aac", ".aac", "audio/x-aac audio/aacp audio/x-hx-aac-adts"},
	{"audio/amr", ".amr", "audio/amr-nb audio/x-amr"},
	{"audio/amr-wb", ".awb", ""},
	{"audio/3gpp", ".3gp .3ga", "audio/3gp audio/x-3gpp"},
	{"audio/3gpp2", ".3g2", "audio/3g2"},
	{"audio/wav", ".wav", "audio/x-wav audio/wave audio/vnd.wave audio/x-pn-wav"},
	{"audio/webm", ".weba", ""},
	{"audio/flac", ".flac", "audio/x-flac"},
	{"audio/midi", ".mid .midi", "audio/x-midi audio/mid"},
	{"audio/x-caf", ".caf", ""},
	{"audio/x-ms-wma", ".wma", ""},

	{"application/pdf", ".pdf", "application/x-pdf"},
	{"application/msword", ".doc", "application/vnd.ms-word application/doc"},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", ""},
	{"application/vnd.ms-word.document.macroenabled.12", ".docm", ""},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.template", ".dotx", ""},
	{"application/vnd.ms-excel", ".xls", "application/msexcel application/x-msexcel application/xls"},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", ""},
	{"application/vnd.ms-excel.sheet.macroenabled.12", ".xlsm", ""},
	{"application/vnd.ms-powerpoint", ".ppt .pps", "application/mspowerpoint application/powerpoint"},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx", ""},
	{"application/vnd.openxmlformats-officedocument.presentationml.slideshow", ".ppsx", ""},
	{"application/vnd.oasis.opendocument.text", ".odt", "application/x-vnd.oasis.opendocument.text"},
	{"application/vnd.oasis.opendocument.spreadsheet", ".ods", "application/x-vnd.oasis.opendocument.spreadsheet"},
	{"application/vnd.oasis.opendocument.presentation", ".odp", "application/x-vnd.oasis.opendocument.presentation"},
	{"application/vnd.apple.pages", ".pages", "application/x-iwork-pages-sffpages"},
	{"application/vnd.apple.numbers", ".numbers", "application/x-iwork-numbers-sffnumbers"},
	{"application/vnd.apple.keynote", ".key", "application/x-iwork-keynote-sffkey"},
	{"application/vnd.apple.pkpass", ".pkpass", ""},
	{"application/rtf", ".rtf", "text/rtf application/x-rtf"},
	{"application/epub+zip", ".epub", ""},
	{"application/json", ".json", "text/json"},
	{"application/xml", ".xml", "text/xml"},
	{"application/smil", ".smil .smi", "application/smil+xml"},
	{"application/x-tgsticker", ".tgs", ""},
	{"application/vnd.android.package-archive", ".apk", ""},
	{"application/zip", ".zip", "application/x-zip application/x-zip-compressed"},
	{"application/vnd.rar", ".rar", "application/x-rar application/x-rar-compressed application/rar"},
	{"application/x-7z-compressed", ".7z", ""},
	{"application/gzip", ".gz", "application/x-gzip"},
	{"application/x-tar", ".tar", ""},

	{"text/plain", ".txt .text .log", ""},
	{"text/csv", ".csv", "text/x-csv application/csv text/comma-separated-values"},
	{"text/html", ".html .htm", "application/xhtml+xml"},
	{"text/vcard", ".vcf .vcard", "text/x-vcard text/directory application/vcard"},
	{"text/calendar", ".ics .ical", "text/x-vcalendar text/x-calendar application/ics"},
	{"text/markdown", ".md", "text/x-markdown"},
}

// The same table by every name, and by every ending. An ending of a sound and a film (.3gp, .3g2) is the film's.
var byName, byEnding = func() (names, endings map[string]*known) {
	names, endings = map[string]*known{}, map[string]*known{}
	for i := range table {
		k := &table[i]
		names[k.name] = k
		for other := range strings.FieldsSeq(k.others) {
			names[other] = k
		}
		for ending := range strings.FieldsSeq(k.endings) {
			if endings[ending] == nil {
				endings[ending] = k
			}
		}
	}
	return names, endings
}()

// vague are types that are true of more than they name: what the file's name or its bytes show says more.
var vague = map[string]bool{
	"application/zip": true, "text/plain": true, "application/xml": true, "application/gzip": true,
	"application/x-ole-storage": true, "text/xml": true,
}

// nothing are types that say nothing at all.
var nothing = map[string]bool{
	"application/octet-stream": true, "binary/octet-stream": true, "application/binary": true, "application/x-binary": true,
	"application/unknown": true, "application/x-unknown": true, "application/download": true, "application/force-download": true,
	"application/x-download": true, "application/x-forcedownload": true, "unknown/unknown": true, "file": true,
}
