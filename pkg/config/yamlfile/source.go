package yamlfile

// MaxSize is the largest file that is read, in bytes: a hundred thousand channels are 20 to 50 MB.
const MaxSize = 64 << 20

// Source is a file to read, and what its references reach.
type Source struct {
	// Name is what mistakes call it.
	Name string
	// Folder is what paths in it count from.
	Folder string
	// Env looks up a variable; nil has none.
	Env func(name string) (value string, set bool)
	// Open reads the file that file: names. Its errors hold no path: what a variable in it stands for may be a secret.
	Open func(path string) ([]byte, error)
}

// File is a file that is being read: what is wrong in it, and what else was opened for it. It is for one goroutine.
type File struct {
	source             Source
	referred           []string
	mistakes, warnings []Mistake
}

// Mistakes are those that were reported so far, in the order of their lines; nil for none.
func (f *File) Mistakes() Mistakes { return sorted(f.mistakes) }

// Warnings are what is allowed and seldom meant, in the order of their lines.
func (f *File) Warnings() []Mistake { return sorted(f.warnings) }

// Referred are the files that it refers to, whether they could be read or not.
func (f *File) Referred() []string { return f.referred }

// Refers adds a file to those that it refers to.
func (f *File) Refers(path string) { f.referred = append(f.referred, path) }
