package conversation

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequestsAreShownWithoutSecrets(t *testing.T) {
	secrets := map[string]string{"auth_token": "s3cret:/x"}
	r := httptest.NewRequest("POST", "/Accounts/s3cret:%2Fx/Messages?b=%20", strings.NewReader(""))
	r.SetBasicAuth("AC1", "s3cret:/x")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("User-Agent", "noise")
	got := RenderRequest(r, []byte("To=%2B34600111222&Body=hola&MediaUrl=a&MediaUrl=b"), "http://127.0.0.1:1", secrets)
	want := `POST /Accounts/<auth_token>/Messages?b=%20
Authorization: Basic AC1:<auth_token>
Content-Type: application/x-www-form-urlencoded

{
  "Body": "hola",
  "MediaUrl": [
    "a",
    "b"
  ],
  "To": "+34600111222"
}
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
