package mediatype_test

import (
	"archive/zip"
	"bytes"
	"mime"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/mediatype"
)

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func TestOneNameForEach(t *testing.T) {
	for said, want := range map[string]string{
		"image/jpg": "image/jpeg", "IMAGE/JPEG": "image/jpeg", "image/jpeg; charset=binary": "image/jpeg", "audio/mp3": "audio/mpeg",
		"audio/x-m4a": "audio/mp4", "audio/opus": "audio/ogg", "audio/ogg; codecs=opus": "audio/ogg", "application/ogg": "audio/ogg",
		"video/3gp": "video/3gpp", "text/x-vcard": "text/vcard", "image/x-png": "image/png", "audio/x-wav": "audio/wav",
		"application/octet-stream": "", "binary/octet-stream": "", "": "", "image": "", "image/": "", "image/png, text/html": "",
		"image/png\r\nX-Injected: 1": "", "image/vnd.dwg": "image/vnd.dwg", docx: docx,
	} {
		if got := mediatype.Base(said); got != want {
			t.Errorf("Base(%q) = %q, want %q", said, got, want)
		}
	}
	if got := mediatype.Normal("Audio/OGG; codecs=opus"); got != "audio/ogg; codecs=opus" {
		t.Errorf("Normal keeps no parameters: %q", got)
	}
}

func TestValid(t *testing.T) {
	for _, good := range []string{"image/png", "audio/ogg; codecs=opus", `text/plain; charset="utf-8"`, "application/vnd.ms-excel.sheet.macroEnabled.12", "x-a/b"} {
		if !mediatype.Valid(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", "image", "image/", "/png", "image/png\r\n", " image/png", "image/png\r\nX: y", "image/png, text/html", "image/p ng", "imagen/ñ",
		"image/png\x00", "a/" + strings.Repeat("b", 300), "text/plain; charset=\"x\r\ny\"",
	} {
		if mediatype.Valid(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestFileName(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"factura.2024 marzo", docx, "factura.2024 marzo.docx"},
		{"acta.marzo", "application/pdf", "acta.marzo.pdf"},
		{"informe v1.2", "application/pdf", "informe v1.2.pdf"},
		{"plano.dwg", "", "plano.dwg"},
		{"script.py", "text/plain", "script.py"},
		{"datos.tgz", "application/gzip", "datos.tgz"},
		{"foto.JPG", "image/heic", "foto.JPG"},
		{"sin nombre.", "image/png", "sin nombre.png"},
		{"", "text/vcard", "file.vcf"}, {"", "text/x-vcard", "file.vcf"}, {"", "text/calendar", "file.ics"}, {"", docx, "file.docx"},
		{"", "text/csv", "file.csv"}, {"", "audio/amr", "file.amr"}, {"", "video/3gpp", "file.3gp"}, {"", "image/heic", "file.heic"},
		{"", "audio/3gpp", "file.3gp"}, {"", "application/msword", "file.doc"}, {"", "image/vnd.dwg", "file.dwg"},
		{"", "", "file.bin"}, {"..", "image/png", "file.png"}, {".env", "text/plain", ".env.txt"},
		{`C:\fotos\a.png`, "image/png", "a.png"}, {"../../etc/passwd", "text/plain", "passwd.txt"},
		{"a\r\nContent-Type: x\r\n\"b.pdf", "application/pdf", "aContent-Type: x\"b.pdf"},
		{"fac\u202efdp.exe", "", "facfdp.exe"},
	} {
		if got := mediatype.FileName(c.name, c.said, "file"); got != c.want {
			t.Errorf("FileName(%q, %q) = %q, want %q", c.name, c.said, got, c.want)
		}
	}
}

// TestNotOfTheMachine: what the machine knows makes no difference.
func TestNotOfTheMachine(t *testing.T) {
	if err := mime.AddExtensionType(".gcrd", "text/vcard"); err != nil {
		t.Fatal(err)
	}
	if err := mime.AddExtensionType(".jpg", "application/x-other"); err != nil {
		t.Fatal(err)
	}
	if got := mediatype.Ending("text/vcard"); got != ".vcf" {
		t.Errorf("a vCard ends with %q", got)
	}
	if got := mediatype.OfName("a.jpg"); got != "image/jpeg" {
		t.Errorf("a.jpg is %q", got)
	}
}

func TestOf(t *testing.T) {
	workbook := zipped(t, "[Content_Types].xml", "xl/workbook.xml")
	for name, c := range map[string]struct {
		said       []string
		name, kind string
		head       string
		want       string
	}{
		"what is said":                     {said: []string{"image/jpg"}, name: "a.png", want: "image/jpeg"},
		"octet-stream says nothing":        {said: []string{"application/octet-stream"}, name: "nota.opus", want: "audio/ogg"},
		"a family alone says nothing":      {said: []string{"image/*"}, name: "a.png", want: "image/png"},
		"the second where the first fails": {said: []string{"", "audio/x-m4a"}, want: "audio/mp4"},
		"a ZIP that is a document":         {said: []string{"application/zip"}, name: "carta.docx", want: docx},
		"a ZIP by its bytes":               {said: []string{"application/zip"}, head: workbook, want: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		"a text that is a table":           {said: []string{"text/plain; charset=utf-8"}, name: "t.csv", want: "text/csv"},
		"a text that holds a page":         {said: []string{"text/plain"}, head: "<html><body>", want: "text/plain"},
		"bytes":                            {head: "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", want: "image/png"},
		"a sound in a film's container":    {name: "voz.mp4", kind: "audio", want: "audio/mp4"},
		"an iPhone's picture":              {head: "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1", want: "image/heic"},
		"a recording of a phone":           {head: "#!AMR\n\x3c\x91\x17", want: "audio/amr"},
		"3GPP":                             {head: "\x00\x00\x00\x18ftyp3gp4\x00\x00\x00\x003gp4isom", want: "video/3gpp"},
		"3GPP, a sound":                    {head: "\x00\x00\x00\x18ftyp3gp4\x00\x00\x00\x003gp4isom", kind: "audio", want: "audio/3gpp"},
		"nothing":                          {want: ""},
		"words":                            {head: "import os\nprint(1)\n", want: "text/plain"},
	} {
		if got := mediatype.Of(c.said, c.name, []byte(c.head), c.kind); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestIsPage(t *testing.T) {
	const page, png = "<!DOCTYPE html><html><head><title>Log in</title>", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
	for name, c := range map[string]struct {
		expected, served, head string
		want                   bool
	}{
		"where a picture was expected":               {"image/jpeg", "text/html; charset=utf-8", page, true},
		"that calls itself a picture":                {"image/jpeg", "image/jpeg", page, true},
		"that says nothing of itself":                {"application/pdf", "", page, true},
		"where nothing was known":                    {"", "text/html", page, true},
		"where nothing was known or told":            {"", "application/octet-stream", page, true},
		"of words alone":                             {"application/pdf", "text/html", "Not found", true},
		"without a word":                             {"application/pdf", "text/html", "", true},
		"a page that was expected":                   {"text/html", "text/html", page, false},
		"a text that holds a page":                   {"text/plain", "text/plain", page, false},
		"a text served as a text":                    {"", "text/plain", page, false},
		"a picture that the server calls a page":     {"image/png", "text/html", png, false},
		"a picture":                                  {"image/png", "image/png", png, false},
		"a drawing":                                  {"image/svg+xml", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>", false},
		"a page behind a mark of its order of bytes": {"image/png", "", "\xef\xbb\xbf" + page, true},
	} {
		if got := mediatype.IsPage(c.expected, c.served, []byte(c.head)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func zipped(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
