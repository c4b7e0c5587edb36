package failures

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"connectrpc.com/connect"
)

// mark is where a list goes on, in each of its two sources.
type mark struct {
	letters      uint64 // before this number; 0 begins with the newest
	lettersDone  bool
	receipts     string // the history's own token
	receiptsDone bool
}

const (
	markVersion = "1"
	done        = "-"
)

// token is the mark as callers keep it; "" where both sources are at their end.
func (m mark) token() string {
	if m.lettersDone && m.receiptsDone {
		return ""
	}
	letters, receipts := strconv.FormatUint(m.letters, 10), "+"+m.receipts
	if m.lettersDone {
		letters = done
	}
	if m.receiptsDone {
		receipts = done
	}
	return base64.RawURLEncoding.EncodeToString([]byte(markVersion + "|" + letters + "|" + receipts))
}

// openMark reads a token, which may be anything.
func openMark(token string) (m mark, err error) {
	if token == "" {
		return mark{}, nil
	}
	wrong := connect.NewError(connect.CodeInvalidArgument, errors.New("page_token: is none that this API gave out; begin with the first page"))
	data, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return m, wrong
	}
	parts := strings.SplitN(string(data), "|", 3)
	if len(parts) != 3 || parts[0] != markVersion {
		return m, wrong
	}
	if m.lettersDone = parts[1] == done; !m.lettersDone {
		if m.letters, err = strconv.ParseUint(parts[1], 10, 64); err != nil {
			return m, wrong
		}
	}
	if m.receiptsDone = parts[2] == done; !m.receiptsDone {
		rest, ok := strings.CutPrefix(parts[2], "+")
		if !ok {
			return m, wrong
		}
		m.receipts = rest
	}
	if m.token() != token {
		return m, wrong
	}
	return m, nil
}
