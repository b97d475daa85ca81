"""What will be there, drawn: a file, and the function that runs because of it."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("file", "File", "lands in the bucket"),
    Thing("bucket", "Bucket", "where the files land", of="bucket", found="bucket", seen="notification"),
    Thing(
        "note", "Notification", "tells of each file that fits", of="events", made="notification", found="notification"
    ),
    Thing("function", "Function", "runs for each file", of="function", found="function run", seen="permission"),
    Thing("role", "Its role", "says what the function may do", found="role reads key"),
    Link("file", "bucket", "Somebody, or a program, puts it there."),
    Link("bucket", "note", "S3 looks whether the file's name and the event fit.", found="filter only-put recursion"),
    Link("note", "function", "S3 may call the function, for this bucket alone.", made="permission", found="permission"),
    Link("function", "role", "With its role the function reads the file."),
)
