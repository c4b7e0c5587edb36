package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/secret"
)

// OwnerName is the name of the token that [Owner] makes.
const OwnerName = "owner"

// Owner is the token of whoever can read a file in a data folder, for commands on the same machine: it may do everything. It
// is made where there is none, or where others could have read it. The folder is made too.
func Owner(file string) (operators.Token, error) {
	secret, err := readOwner(file)
	if err != nil {
		if secret, err = makeOwner(file); err != nil {
			return operators.Token{}, fmt.Errorf("token of the control API: %w", err)
		}
	}
	return operators.Token{Name: OwnerName, Role: roleOwner, Token: secret}, nil
}

// readOwner reads the token. The error says that there is none, or that it is not kept from others.
func readOwner(path string) (secret.Text, error) {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return secret.Text{}, err
	case !info.Mode().IsRegular():
		return secret.Text{}, fmt.Errorf("%s: it is no regular file", path)
	case info.Mode().Perm()&0o077 != 0:
		return secret.Text{}, fmt.Errorf("%s: others can read or write it", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return secret.Text{}, err
	}
	token := strings.TrimSpace(string(data))
	if len(token) < operators.MinToken || len(token) > 512 {
		return secret.Text{}, fmt.Errorf("%s: it holds no token", path)
	}
	return secret.Hide(token), nil
}

// makeOwner writes a new token. It is whole under its name, or not there.
func makeOwner(path string) (secret.Text, error) {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return secret.Text{}, err
	}
	f, err := os.CreateTemp(folder, "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return secret.Text{}, err
	}
	token := newToken()
	_, err = f.WriteString(token + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return secret.Text{}, err
	}
	return secret.Hide(token), nil
}
