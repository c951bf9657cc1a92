int scan_placeholder(void);
