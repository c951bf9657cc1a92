int ov_placeholder(void);
