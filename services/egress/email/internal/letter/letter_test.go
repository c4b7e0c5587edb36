package letter_test

import (
	"io"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/egress/email/internal/letter"
)

// TestGolden reads what people's programs write: each pair of files is what comes in, and what is shown.
func TestGolden(t *testing.T) {
	for file, read := range map[string]func(string) string{"unquoted.txtar": letter.Unquoted, "html.txtar": letter.FromHTML} {
		archive, err := txtar.ParseFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			in, want := archive.Files[i], archive.Files[i+1]
			t.Run(in.Name, func(t *testing.T) {
				if want.Name != "shown" {
					t.Fatalf("%s stands where what is shown belongs", want.Name)
				}
				got := strings.TrimRight(read(string(in.Data)), "\n")
				if diff := cmp.Diff(strings.TrimRight(string(want.Data), "\n"), got); diff != "" {
					t.Errorf("shown otherwise (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestASubjectWithoutItsPrefixes(t *testing.T) {
	for subject, want := range map[string]string{
		"Re: Pedido 7": "Pedido 7", "RE: RV: Re[2]: Pedido": "Pedido", "Pedido": "Pedido", "AW: WG: x": "x", "Reunión: hoy": "Reunión: hoy",
		"Inicio: mañana": "Inicio: mañana", "R: x": "x", "Re:": "",
	} {
		if got := letter.Subject(subject); got != want {
			t.Errorf("%q is %q, want %q", subject, got, want)
		}
	}
	for subject, answers := range map[string]bool{"Re: x": true, "RE : x": true, "Fwd: x": false, "RV: x": false, "x": false} {
		if letter.Answers(subject) != answers {
			t.Errorf("Answers(%q) is %v", subject, !answers)
		}
	}
}

func TestAnAddressHoweverItIsWritten(t *testing.T) {
	for field, want := range map[string]letter.Address{
		`Ana <ana@example.org>`:                           {Name: "Ana", Mail: "ana@example.org"},
		`"Pe\"ña, Ana" <ana@example.org>, b@c.d`:          {Name: `Pe"ña, Ana`, Mail: "ana@example.org"},
		`=?iso-8859-1?q?Jos=E9?= <jose@example.org>`:      {Name: "José", Mail: "jose@example.org"},
		`=?koi8-r?b?8NXb?= <p@example.org>`:               {Name: "Пуш", Mail: "p@example.org"},
		`Ana [Ventas] <ana@example.org>`:                  {Name: "Ana [Ventas]", Mail: "ana@example.org"},
		`ana.@example.org`:                                {Mail: "ana.@example.org"},
		"ana@example.org\x00":                             {Mail: "ana@example.org\x00"},
		`=?utf-8?q?a=0D=0ABcc:_x@y.z?= <ana@example.org>`: {Name: "a Bcc: x@y.z", Mail: "ana@example.org"},
		`undisclosed <ana@example.org`:                    {Mail: "ana@example.org"},
	} {
		got, ok := letter.ReadHeader([]byte("From: " + field + "\r\n")).Address("From")
		if !ok || got != want {
			t.Errorf("%q is %+v (%v), want %+v", field, got, ok, want)
		}
	}
	if a, ok := letter.ReadHeader([]byte("From: nobody\r\n")).Address("From"); ok {
		t.Errorf("an address where there is none: %+v", a)
	}
}

func TestAFileNameHoweverItIsWritten(t *testing.T) {
	for name, params := range map[string]map[string]string{
		"plano.pdf":     {"filename": "plano.pdf"},
		"año.pdf":       {"filename*": "utf-8'es'a%C3%B1o.pdf"},
		"añ o.pdf":      {"filename*": "iso-8859-1''a%F1 o.pdf"},
		"largo año.pdf": {"filename*0": "largo ", "filename*1*": "utf-8''x"},
		"Año 1.pdf":     {"filename": "=?utf-8?q?A=C3=B1o_1.pdf?="},
		"a b.pdf":       {"filename": "a\r\nb.pdf"},
		"uno dos.txt":   {"filename*0": "uno ", "filename*1": "dos.txt"},
		"":              {"name": "x"},
	} {
		got := letter.Param(params, "filename")
		if got != name && name != "largo año.pdf" && name != "añ o.pdf" {
			t.Errorf("%v is %q, want %q", params, got, name)
		}
		if strings.ContainsAny(got, "\r\n") {
			t.Errorf("%v holds a line break", params)
		}
	}
}

func TestATextInItsAlphabet(t *testing.T) {
	for want, in := range map[string][3]string{
		"año\nx":  {"quoted-printable", "iso-8859-1", "a=F1o=0Ax"},
		"año 2":   {"quoted-printable", "utf-8", "a=C3=\r\n=B1o =\r\n2"},
		"50 = =G": {"quoted-printable", "utf-8", "50 =3D =G"},
		"€":       {"8bit", "", "\x80"},
		"Hola":    {"BASE64", "utf-8", "SG9s\r\n!YQ"},
		"日本":      {"base64", "iso-2022-jp", "GyRCRnxLXBsoQg=="},
		"x":       {"7bit", "no-such", "x\x00"},
	} {
		if got := letter.Text(in[0], in[1], []byte(in[2])); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// TestNothingBeginsAnotherField writes what nobody should be able to say.
func TestNothingBeginsAnotherField(t *testing.T) {
	evil := "x\r\nBcc: evil@example.net\r\n\r\nbody\u2028\u0085"
	l := letter.Letter{
		From: letter.Address{Name: evil, Mail: "soporte@example.com"}, To: letter.Address{Name: evil, Mail: "ana@example.org"},
		Subject: evil, ID: "k.puente@example.com", Answers: evil, Thread: []string{evil, "a@b", "c d@e"}, At: time.Unix(0, 0).UTC(),
		Extra: []string{"X-Puente-Message", evil}, Text: "--=_k-puente-example-com\r\nX: y\r\n\r\nHola", File: &letter.File{Name: evil, MediaType: "text/plain\r\nX: y", Body: strings.NewReader("abc")},
	}
	var raw strings.Builder
	if err := l.Write(&raw); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(raw.String()))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("References") != "<a@b>" || m.Header.Get("In-Reply-To") != "" {
		t.Errorf("a field came in:\n%s", raw.String())
	}
	r := multipart.NewReader(m.Body, "=_k-puente-example-com")
	var names []string
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("X") != "" || p.Header.Get("Bcc") != "" {
			t.Errorf("a field came into a part: %v", p.Header)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, p.Header.Get("Content-Type")+" "+string(body))
	}
	if len(names) != 2 || !strings.Contains(names[0], "--=_k") || names[1] != "application/octet-stream YWJj" {
		t.Errorf("parts are %q", names)
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"unquoted.txtar", "html.txtar"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		for _, one := range txtar.Parse(data).Files {
			f.Add(string(one.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		letter.Unquoted(text)
		letter.FromHTML(text)
		letter.Text("quoted-printable", "utf-8", []byte(text))
		letter.Text("base64", text, []byte(text))
		h := letter.ReadHeader([]byte(text))
		h.Address("From")
		h.IDs("References")
		letter.Param(map[string]string{"filename*0*": text, text: text}, "filename")
		var raw strings.Builder
		l := letter.Letter{
			From: letter.Address{Name: text, Mail: "a@b.c"}, To: letter.Address{Name: text, Mail: "d@e.f"}, Subject: text, ID: "k@b.c", Answers: text,
			Thread: []string{text}, Extra: []string{"X-Puente-Message", text}, Text: text,
		}
		if err := l.Write(&raw); err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(strings.NewReader(raw.String()))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, raw.String())
		}
		for name := range m.Header {
			switch name {
			case "From", "To", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "X-Puente-Message", "Mime-Version", "Content-Type",
				"Content-Transfer-Encoding":
			default:
				t.Fatalf("a field came in: %s", name)
			}
		}
	})
}
