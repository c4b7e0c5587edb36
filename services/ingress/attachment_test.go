package ingress_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attached is an attachment as it was stored.
type attached struct{ URL, Type, Name string }

// TestAnAttachmentIsStoredAsItCanBeHandedOn: its address as every reader understands it, its type by the name that networks
// know, its name as a file's.
func TestAnAttachmentIsStoredAsItCanBeHandedOn(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for name, test := range map[string]struct {
		attachment string
		want       attached
	}{
		"a host with an umlaut":  {`"url": "http://münchen.example/a.jpg"`, attached{URL: "http://xn--mnchen-3ya.example/a.jpg"}},
		"a per cent sign":        {`"url": "https://files.example/100%.pdf"`, attached{URL: "https://files.example/100%25.pdf"}},
		"quotes and brackets":    {`"url": "https://files.example/a[1]|b^{x}\"'.pdf?x=a b&y=[1]"`, attached{URL: "https://files.example/a%5B1%5D%7Cb%5E%7Bx%7D%22%27.pdf?x=a%20b&y=%5B1%5D"}},
		"a signed address":       {`"url": "https://files.example/f.pdf?X-Amz-Signature=a%2Fb%3D%3D&response-content-disposition=inline%3B%20filename%3D%22x.pdf%22"`, attached{URL: "https://files.example/f.pdf?X-Amz-Signature=a%2Fb%3D%3D&response-content-disposition=inline%3B%20filename%3D%22x.pdf%22"}},
		"another name of a type": {`"url": "https://files.example/a", "mimeType": "image/jpg"`, attached{URL: "https://files.example/a", Type: "image/jpeg"}},
		"a type of nothing":      {`"url": "https://files.example/nota.opus", "mimeType": "application/octet-stream"`, attached{URL: "https://files.example/nota.opus"}},
		"a name with a header":   {`"url": "https://files.example/x", "mimeType": "application/pdf", "fileName": "../..\\menú 🍕\r\nContent-Type: text/html\r\n\"x.pdf"`, attached{"https://files.example/x", "application/pdf", `html"x.pdf`}},
	} {
		e.post(custom, `{"contactId": "ana", "message": {"type": "attachment", "attachment": {"type": "file", `+test.attachment+`}}}`).mID(t)
		a := e.messages(1)[0].GetContent().GetAttachment()
		if diff := cmp.Diff(test.want, attached{a.GetUrl(), a.GetMediaType(), a.GetFileName()}); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestAMediaTypeIsOneAndNothingElse: it is written into headers later.
func TestAMediaTypeIsOneAndNothingElse(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for name, said := range map[string]string{
		"a header behind it": `image/png\r\nX-Injected: 1`, "a line end behind it": `image/png\r\n`, "two of them": "image/png, text/html",
		"no type": "png", "letters of another alphabet": "imagen/ñ", "a NUL": `image/png\u0000`, "one that never ends": "a/" + strings.Repeat("b", 300),
	} {
		a := e.post(custom, `{"contactId": "ana", "message": {"type": "attachment", "attachment": {"type": "image", "url": "https://files.example/a", "mimeType": "`+said+`"}}}`)
		if a.status != http.StatusBadRequest || !strings.Contains(a.refusal(t), "message.attachment.mimeType") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}
