package scan

import (
	"bytes"
	"encoding/xml"
	"testing"
)

// FuzzMarkup: nothing that the decoder takes for markup is counted as text, however it is quoted. What it takes for an
// error it does not read on from.
func FuzzMarkup(f *testing.F) {
	for _, body := range []string{
		`<xml><a>1</a></xml>`, `<a b=">" c='"'/>`, `<a><![CDATA[<b c="d">]]></a>`, `<!-- > --><a/>`, `<?xml version="1.0"?><a>&lt;</a>`, `<a b="`, `<`, `<!a "<>">`,
		`<?a <b> ?><c/>`, `<a b="<!--">x</a>`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = XML(body, []string{"a"}) // does not panic
		d := xml.NewDecoder(bytes.NewReader(body))
		sum := 0
		for at := int64(0); ; at = d.InputOffset() {
			token, err := d.RawToken()
			if err != nil {
				break
			}
			switch token.(type) {
			case xml.CharData:
			case xml.Directive:
				return // what comes behind it is not read
			default:
				sum += int(d.InputOffset() - at)
			}
		}
		if n := markup(body); n < sum {
			t.Errorf("%d bytes of markup counted, %d read", n, sum)
		}
	})
}
