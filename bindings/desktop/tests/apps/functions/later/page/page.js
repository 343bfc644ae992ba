// A page of a subpackage: it is downloaded by `preDownloadSubpackage`, never opened.
Page({})
