package conversation

import (
	"bufio"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// Now is when conversations happen.
var Now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Webhook is the call of a call.json or call.http. It was accepted [Now], and says neither network nor channel.
func (a *Act) Webhook() (webhook.Call, error) {
	text := strings.TrimSuffix(a.Input, "\n")
	call := webhook.Call{
		Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(text),
		AcceptedAt: Now,
	}
	if a.Name == "call.json" {
		return call, nil
	}
	head, body, _ := strings.Cut(text, "\n\n")
	line, headers, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(line, " ")
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(
		method + " " + target + " HTTP/1.1\r\nHost: bridge.example.com\r\n" + strings.ReplaceAll(headers, "\n", "\r\n") + "\r\n\r\n")))
	if err != nil {
		return call, err
	}
	call.Method, call.Suffix, call.Query, call.Header, call.Body = method, req.URL.EscapedPath(), req.URL.RawQuery, req.Header, []byte(body)
	if call.Suffix == "/" {
		call.Suffix = ""
	}
	return call, nil
}
